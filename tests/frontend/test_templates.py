"""Rules that every template keeps."""

import re
from pathlib import Path

import pytest

import wxchannels

PACKAGE = Path(wxchannels.__file__).parent
#: The simulator is no part of the site and keeps nobody signed in.
ICONS = "_macros/icons.html"
PAGES = PACKAGE / "templates"
TEMPLATES = sorted(
    path for path in PACKAGE.rglob("*.html") if "node_modules" not in path.parts
)
ICON = re.compile(r"\bicon\(\s*[\"']([\w-]+)[\"']")
DRAWN = set(
    re.findall(r'^  ["\']([\w-]+)["\']:', (PAGES / ICONS).read_text(), re.MULTILINE)
)


def _id(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", TEMPLATES, ids=_id)
def test_nothing_in_a_template_breaks_the_csp(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.findall(
        r"<style|\sstyle=|\son[a-z]+=|\shx-on|=[\"']javascript:|js:\{", text
    )
    assert not re.findall(r"<script(?![^>]*\bsrc=)", text)
    assert not re.findall(r"(?:src|<link[^>]*href)=[\"']https?:", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=_id)
def test_every_icon_a_template_names_is_drawn(path: Path) -> None:
    unknown = set(ICON.findall(path.read_text(encoding="utf-8"))) - DRAWN

    assert unknown == set()


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.html")), ids=_id)
def test_every_form_that_posts_has_a_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL)

    assert [form for form in forms if not re.search(r"csrf|hidden_tag", form)] == []
