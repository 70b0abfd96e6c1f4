"""Where the browser finds what the front end's build made."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import current_app, url_for

#: Enough of the digest to tell two builds apart.
DIGITS = 12


@cache
def _version(path: Path, changed_ns: int) -> str:
    del changed_ns  # only part of the key: a new build is a new version
    return sha256(path.read_bytes()).hexdigest()[:DIGITS]


def asset_url(name: str) -> str:
    """Return the address of a built file; it changes whenever the content does."""
    path = Path(current_app.static_folder or "") / "dist" / name
    try:
        version = _version(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        # Not built yet: the page works, unstyled, and the missing file shows as a 404.
        return url_for("static", filename=f"dist/{name}")
    return url_for("static", filename=f"dist/{name}", v=version)
