"""Chinese names as people type them into a search box."""

from pypinyin import Style, lazy_pinyin

PINYIN_LENGTH = 512


def spell(name: str) -> str:
    """Return `name` in pinyin, and its initials: “jinganshi jas” for 静安寺."""
    full = "".join(lazy_pinyin(name)).replace(" ", "")
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).replace(" ", "")
    return f"{full} {initials}".lower()[:PINYIN_LENGTH]
