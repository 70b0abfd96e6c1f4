"""Links in the text of a message: what WeChat makes of `<a href="…">words</a>`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Every other tag, and an anchor with any other attribute, is shown as it is written.
ANCHOR = re.compile(
    r"""<a(?P<attributes>(?:\s+[\w-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))+)\s*>"""
    r"(?P<words>[^<>]+)</a>"
)
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(["'])(.*?)\2""", re.DOTALL)
ADDRESS = re.compile(r"https?://[^\"'<>\s]+")
HREF, APP_ID, PATH = "href", "data-miniprogram-appid", "data-miniprogram-path"
#: A web page, a mini program, or that with a page for old versions of WeChat.
KINDS = ({HREF}, {APP_ID, PATH}, {HREF, APP_ID, PATH})


@dataclass(frozen=True, kw_only=True)
class Link:
    """Words to tap. They open `app_id` at `path` if there is one, else `href`."""

    words: str
    href: str = ""
    app_id: str = ""
    path: str = ""


def split_links(text: str) -> Iterator[str | Link]:
    """Yield `text` in pieces, its links apart."""
    end = 0
    for found in ANCHOR.finditer(text):
        link = _read(found)
        if link is not None:
            yield text[end : found.start()]
            yield link
            end = found.end()
    yield text[end:]


def mini_program_links(text: str) -> list[Link]:
    """Return the links of `text` that open a mini program."""
    pieces = split_links(text)
    return [one for one in pieces if isinstance(one, Link) and one.app_id]


def has_broken_mini_program(text: str) -> bool:
    """Say whether a link should open a mini program and would be shown as text."""
    return any(
        "data-miniprogram" in piece.lower()
        for piece in split_links(text)
        if isinstance(piece, str)
    )


def _read(anchor: re.Match[str]) -> Link | None:
    pairs = ATTRIBUTE.findall(anchor["attributes"])
    given = {name: value.strip() for name, _, value in pairs}
    if len(pairs) > len(given) or given.keys() not in KINDS or not all(given.values()):
        return None
    href = given.get(HREF, "")
    if href and not ADDRESS.fullmatch(href):
        return None
    return Link(
        words=anchor["words"],
        href=href,
        app_id=given.get(APP_ID, ""),
        path=given.get(PATH, ""),
    )
