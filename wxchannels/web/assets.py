"""Where the browser finds what the front end's build made."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

#: Enough of the digest to tell two builds apart.
DIGITS = 12
#: The build writes its digest into the names that nobody else has to know.
HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$")
FOREVER = "public, max-age=31536000, immutable"


def asset_url(name: str) -> str:
    """Return the address of a built file; it changes whenever the content does.

    Before the first build pages work, unstyled, and the missing file shows as a 404.
    """
    filename = f"dist/{name}"
    return url_for("static", filename=filename, v=_version(filename))


def _version(filename: str) -> str | None:
    """Return the version of a static file, if it is there."""
    path = Path(current_app.static_folder or "") / filename
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@cache
def _digest(path: Path, changed_ns: int) -> str:
    del changed_ns  # only part of the key: a new build is a new version
    return sha256(path.read_bytes()).hexdigest()[:DIGITS]


def register(app: Flask) -> None:
    """Let browsers keep what the build made."""
    app.after_request(keep_what_never_changes)


def keep_what_never_changes(response: Response) -> Response:
    """Spare browsers the question whether a file with its version is still good.

    While hosts are upgraded one by one, a page of one may ask another for a version
    that this has not: what it answers must not be kept.
    """
    built = request.endpoint == "static" and response.status_code in {200, 304}
    if built and (HASHED.search(request.path) or _is_as_asked()):
        response.headers["Cache-Control"] = FOREVER
    return response


def _is_as_asked() -> bool:
    filename = (request.view_args or {})["filename"]
    return request.args.get("v", "") == _version(filename)
