"""Long lists, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from wxchannels.errors import N_, DomainError

#: Beyond it databases cannot count, and nobody has as many pages.
MOST_DIGITS = 9

Item = TypeVar("Item")


class BadPageError(DomainError):
    """A page that is no number."""

    sentence = N_("There is no such page. Pages are numbered from 1.")
    field = "page"


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A part of a list, and how long it is in all."""

    items: Sequence[Item]
    page: int
    page_size: int
    total: int


def parse_page(text: str) -> int:
    """Return the page `text` names, the first for none."""
    if not text:
        return 1
    number = parse_number(text)
    if number is None or number == 0:
        raise BadPageError
    return number


def parse_number(text: str) -> int | None:
    """Return the whole number `text` is written as, if no database would choke on it.

    Not every text that Python reads as a number: 1_000 and ١٢ are no part of a URL.
    """
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    return None


def clip(page: int, page_size: int, total: int) -> int:
    """Return `page`, or the last one where the list has become shorter."""
    return min(page, max(1, -(-total // page_size)))
