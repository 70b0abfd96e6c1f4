"""Where the browser finds what the build made."""

import os
from pathlib import Path

import pytest
from flask import Flask

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
