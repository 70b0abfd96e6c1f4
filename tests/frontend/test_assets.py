"""Where the browser finds what the build made."""

import os
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from wxchannels.web.assets import asset_url


@pytest.fixture
def dist(app: Flask, tmp_path: Path) -> Path:
    """Return an empty folder that stands for the build's."""
    app.static_folder = str(tmp_path)
    (tmp_path / "dist").mkdir()
    return tmp_path / "dist"


def test_the_address_changes_with_the_content(app: Flask, dist: Path) -> None:
    sheet = dist / "app.css"
    addresses = []
    for moment, content in enumerate(["a{}", "b{}", "a{}"]):
        sheet.write_text(content)
        os.utime(sheet, ns=(moment, moment))
        with app.test_request_context("/"):
            addresses.append(asset_url("app.css"))

    first, second, third = addresses
    assert first == third != second
    assert first.startswith("/static/dist/app.css?v=")


@pytest.mark.usefixtures("dist")
def test_before_the_first_build_pages_work_without_it(app: Flask) -> None:
    with app.test_request_context("/"):
        assert asset_url("app.css") == "/static/dist/app.css"


@pytest.mark.parametrize(
    ("name", "forever"),
    [
        (f"app.css?v={sha256(b'a{}').hexdigest()[:12]}", True),
        ("app.css?v=0123456789ab", False),
        ("app.css?v=", False),
        ("draw-OEO6NLIU.js", True),
        ("app.css", False),
        ("missing.css?v=1", False),
    ],
)
def test_only_what_never_changes_is_kept(
    client: FlaskClient,
    dist: Path,
    name: str,
    forever: bool,  # noqa: FBT001 - an expectation
) -> None:
    (dist / "app.css").write_text("a{}")
    (dist / "draw-OEO6NLIU.js").write_text("1")

    response = client.get(f"/static/dist/{name}")

    assert ("immutable" in response.headers.get("Cache-Control", "")) is forever
    response.close()
