"""What people type: cleaned, measured, and refused where it cannot be shown."""

import unicodedata
from collections.abc import Iterable


def one_line(text: str) -> str:
    """Return `text` without spaces around it, and composed as most keyboards do."""
    return unicodedata.normalize("NFC", text).strip()


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
