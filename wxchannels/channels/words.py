"""What people type: cleaned, measured, and refused where it cannot be shown."""

import unicodedata
from collections.abc import Iterable

#: Makes one emoji of two.
JOINER = "\u200d"
#: A black flag, and the letters after it that say which country's.
FLAG, FLAG_TAGS = "\U0001f3f4", frozenset(map(chr, range(0xE0020, 0xE0080)))


def one_line(text: str) -> str:
    """Return what can be seen of `text`, composed as most keyboards do, unspaced."""
    return unicodedata.normalize("NFC", without_invisible(text)).strip()


def without_invisible(text: str) -> str:
    """Return `text` without format characters: no two names may look the same.

    Those that hold an emoji together stay.
    """
    before = ["", *text]
    after = [*text[1:], ""]
    return "".join(
        character
        for left, character, right in zip(before, text, after, strict=False)
        if unicodedata.category(character) != "Cf"
        or (character == JOINER and _is_emoji(left) and _is_emoji(right))
        or (character in FLAG_TAGS and (left == FLAG or left in FLAG_TAGS))
    )


def _is_emoji(character: str) -> bool:
    """Say whether `character` is a symbol, or changes the look of one."""
    return bool(character) and unicodedata.category(character) in {"So", "Sk", "Mn"}


def has_control_characters(text: str, *, allowed: str = "") -> bool:
    """Say whether `text` holds characters that no one can see or print."""
    return any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        for character in text
        if character not in allowed
    )


def split_words(text: str) -> list[str]:
    """Return the words of a list that people separate by commas of any kind."""
    for separator in "，、;；\n\r\t":
        text = text.replace(separator, ",")
    return unique(one_line(word) for word in text.split(","))


def unique(words: Iterable[str]) -> list[str]:
    """Return every word that is not empty once, in order."""
    return [word for word in dict.fromkeys(words) if word]
