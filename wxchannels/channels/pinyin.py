"""Chinese names as people type them into a search box."""

PINYIN_LENGTH = 512


def spell(name: str) -> str:
    """Return `name` in pinyin, and its initials: “jinganshi jas” for 静安寺."""
    # Its dictionary takes a fifth of a process's start and 57 MB, and most processes
    # never name a channel.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - the reason is above

    full = "".join(lazy_pinyin(name)).replace(" ", "")
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).replace(" ", "")
    return f"{full} {initials}".lower()[:PINYIN_LENGTH]
