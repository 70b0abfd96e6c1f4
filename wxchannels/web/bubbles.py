"""The words of a reply as WeChat shows them: text, and links that people may tap."""

import re

from markupsafe import Markup, escape

ANCHOR = Markup('<a href="{}" rel="noreferrer nofollow" target="_blank">{}</a>')
#: WeChat makes links of these and shows every other tag as it is written.
LINK = re.compile(
    r"""<a\s+href=(?P<quote>["'])(?P<url>https?://[^"'<>\s]+)(?P=quote)\s*>"""
    r"(?P<words>[^<>]+)</a>"
)


def wechat_text(text: str) -> Markup:
    """Return `text` for a bubble: its links work, everything else is only text."""
    parts, end = [], 0
    for link in LINK.finditer(text):
        parts.append(escape(text[end : link.start()]))
        parts.append(ANCHOR.format(link["url"], link["words"]))
        end = link.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)
