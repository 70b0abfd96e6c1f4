"""Words in braces that are filled in for who reads a reply: `{channel}`, `{date}`."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import quote

from wxchannels.models.channels import NAME_LENGTH

Stored = Mapping[str, Any]

#: `{{` and `}}` stand for the braces themselves.
BRACES = re.compile(r"\{\{|\}\}|\{(\w+)\}")
#: Where variables are filled in: what people read, and addresses that are opened.
WORDS = frozenset(("content", "title", "description"))
ADDRESSES = frozenset(("url", "pic_url", "music_url", "hq_music_url"))
LINK_TAG = re.compile(r"(<a\s[^<>]*>)")
#: A name must not become a link or other markup of WeChat's.
NO_MARKUP = str.maketrans("<>", "＜＞")
OPENID_TAIL = 4


@dataclass(frozen=True, kw_only=True)
class Values:
    """What the variables stand for, each named like its field."""

    #: The channel by whose code the person came; empty where there is none.
    channel: str
    account: str
    #: The day of the push in the account's time zone.
    date: str
    #: By which a person can be found again: the pages show no more of an openid.
    openid_tail: str


NAMES = tuple(field.name for field in fields(Values))
#: Known where no code was scanned.
WITHOUT_CHANNEL = tuple(name for name in NAMES if name != "channel")
_LONGEST_NAME = "\U0001f375" * NAME_LENGTH
LONGEST = Values(
    channel=_LONGEST_NAME, account=_LONGEST_NAME, date="2026-12-31", openid_tail="oooo"
)
SHORTEST = Values(channel="", account="a", date="2026-12-31", openid_tail="oooo")


def fill(reply: Stored, values: Values) -> dict[str, Any]:
    """Return the reply with its variables filled in, what is none as it was written."""
    return {name: _fill(name, value, values) for name, value in reply.items()}


def has_braces(reply: Stored) -> bool:
    """Say whether there may be something to fill in."""
    return any("{" in text or "}" in text for _, text in _texts(reply))


def find_unknown(reply: Stored, known: Collection[str]) -> tuple[str, str] | None:
    """Return part and name of the first variable that is none of `known`."""
    for part, text in _texts(reply):
        for name in BRACES.findall(text):
            if name and name not in known:
                return part, name
    return None


def _fill(name: str, value: Any, values: Values) -> Any:  # noqa: ANN401 - JSON
    if name == "articles":
        return [fill(article, values) for article in value]
    if name in ADDRESSES:
        return _write(value, values, is_address=True)
    return _write_words(value, values) if name in WORDS else value


def _write_words(text: str, values: Values) -> str:
    """Fill in the variables, encoded where they stand inside a link's tag."""
    pieces = LINK_TAG.split(text)
    return "".join(
        _write(piece, values, is_address=number % 2 == 1)
        for number, piece in enumerate(pieces)
    )


def _write(text: str, values: Values, *, is_address: bool = False) -> str:
    def _say(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0][0]
        if name not in NAMES:
            return match[0]
        value: str = getattr(values, name)
        return quote(value, safe="") if is_address else value.translate(NO_MARKUP)

    return BRACES.sub(_say, text)


def _texts(reply: Stored, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text that may hold variables, and where it stands."""
    for name, value in reply.items():
        if name == "articles":
            for number, article in enumerate(value):
                yield from _texts(article, f"articles.{number}.")
        elif name in WORDS | ADDRESSES:
            yield place + name, value
