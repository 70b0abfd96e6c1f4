"""What a reply's text may hold."""

import re

#: XML has no way to write these, not even escaped.
_UNSAYABLE = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
)


def has_unsayable(text: str) -> bool:
    """Say whether `text` holds characters that XML cannot carry."""
    return _UNSAYABLE.search(text) is not None


def sayable(text: str) -> str:
    """Return `text` without what XML cannot carry, lines ending as XML ends them."""
    return _UNSAYABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def cut(text: str, size: int) -> str:
    """Return as much of `text` as fits `size` bytes of UTF-8, no character halved."""
    return text.encode()[:size].decode(errors="ignore")
