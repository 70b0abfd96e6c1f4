"""The words of a reply as WeChat shows them: text, and links that people may tap."""

from markupsafe import Markup, escape

from wxchannels.wechat.links import Link, split_links

ANCHOR = Markup('<a href="{}" rel="noreferrer nofollow" target="_blank">{}</a>')
#: Where nothing but WeChat can open it.
NO_PAGE = Markup('<span class="wx-link">{}</span>')


def wechat_text(text: str) -> Markup:
    """Return `text` for a bubble: its links work, everything else is only text."""
    return Markup("").join(_draw(piece) for piece in split_links(text))


def _draw(piece: str | Link) -> Markup:
    if isinstance(piece, str):
        return escape(piece)
    return (
        ANCHOR.format(piece.href, piece.words)
        if piece.href
        else NO_PAGE.format(piece.words)
    )
