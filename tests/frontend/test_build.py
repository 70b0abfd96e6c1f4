"""What is pinned, and what the build makes of it."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import wxchannels

FRONTEND = Path(wxchannels.__file__).parent / "frontend"
DIST = FRONTEND.parent / "static" / "dist"
built = pytest.mark.skipif(
    not (DIST / "app.css").exists(), reason="the front end is not built: make setup"
)


def test_every_package_is_pinned_to_one_version() -> None:
    package = json.loads((FRONTEND / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())

    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)


def test_every_style_sheet_is_part_of_the_one() -> None:
    entry = (FRONTEND / "css" / "app.css").read_text()
    named = set(re.findall(r'@import "\./(\w+)\.css"', entry))

    assert named == {path.stem for path in (FRONTEND / "css").glob("*.css")} - {"app"}


@built
def test_the_dark_theme_needs_no_script() -> None:
    css = (DIST / "app.css").read_text()

    assert len(re.findall(r"--paper: ?#121218", css)) == 2
    assert ":root:not([data-bs-theme])" in css
    assert "prefers-color-scheme: dark" in css or "prefers-color-scheme:dark" in css


@built
def test_nothing_is_loaded_from_another_host() -> None:
    css = (DIST / "app.css").read_text()

    assert not re.findall(r"url\([\"']?https?:|@import", css)


@built
def test_pages_without_a_chart_load_no_chart_library() -> None:
    assert "echarts" not in (DIST / "app.js").read_text()


@built
def test_classes_that_pages_name_are_kept_of_tabler(tmp_path: Path) -> None:
    script = tmp_path / "try.mjs"
    script.write_text(
        f"""
        import {{ onlyNamed }} from '{(FRONTEND / "tabler.mjs").as_uri()}';
        const css = `.row, .col:is(.a, .b) {{ content: "}}"; x: 1 }} .alert {{ x: 2 }}
          @media print {{ .alert {{ x: 3 }} }}
          @media print {{ .row:not(.alert) {{ x: 4 }} }}
          a[data-x="a,b"] {{ x: 5 }} @keyframes k {{ from {{ x: 6 }} }}`;
        console.log(onlyNamed(css, new Set(['row'])).replace(/\\s+/g, ''));
        """
    )

    done = subprocess.run(["node", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == (
        '.row{content:"}";x:1}@mediaprint{.row:not(.alert){x:4}}a[data-x="a,b"]{x:5}'
        "@keyframesk{from{x:6}}"
    )
