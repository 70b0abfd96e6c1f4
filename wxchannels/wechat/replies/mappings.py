"""Replies as JSON: in the database, and from programs that set them."""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any
from urllib.parse import urlsplit

from wxchannels.wechat.replies.characters import has_unsayable, sayable
from wxchannels.wechat.replies.kinds import (
    MAX_ARTICLES,
    MAX_TEXT_BYTES,
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)

_KINDS: dict[str, type[Reply]] = {
    "text": TextReply,
    "image": ImageReply,
    "voice": VoiceReply,
    "video": VideoReply,
    "music": MusicReply,
    "news": NewsReply,
    "transfer_customer_service": TransferReply,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_ADDRESSES = frozenset(("url", "pic_url", "music_url", "hq_music_url"))
#: WeChat states no sizes here. Ours keep a stored reply small.
MAX_FIELD_BYTES = 1024


class ReplyFieldError(ValueError):
    """A mapping does not make a reply: `field` has the `problem`.

    The problem is one of missing, unknown, type, characters, too_long, address, count;
    who shows it says it in words.
    """

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


def to_mapping(reply: Reply) -> dict[str, Any]:
    """Return `reply` as JSON can hold it; `from_mapping` makes it again."""
    mapping = {"kind": _NAMES[type(reply)], **asdict(reply)}
    if isinstance(reply, NewsReply):
        mapping["articles"] = list(mapping["articles"])
    return mapping


def from_mapping(mapping: Mapping[str, Any]) -> Reply:
    """Return the reply that `mapping` describes, or raise ReplyFieldError.

    Nothing is cut or dropped here: who writes a reply is told what is wrong with it.
    """
    given = dict(mapping)
    name = given.pop("kind", None)
    if name is None:
        raise ReplyFieldError("kind", "missing")
    if not isinstance(name, str) or name not in _KINDS:
        raise ReplyFieldError("kind", "unknown")
    kind = _KINDS[name]
    if kind is NewsReply:
        return NewsReply(_articles(given))
    return kind(**_texts(kind, given))


def _articles(given: dict[str, Any]) -> tuple[Article, ...]:
    entries = given.pop("articles", None)
    for name in given:
        raise ReplyFieldError(name, "unknown")
    if not entries:
        raise ReplyFieldError("articles", "missing")
    if not isinstance(entries, list | tuple):
        raise ReplyFieldError("articles", "type")
    if len(entries) > MAX_ARTICLES:
        raise ReplyFieldError("articles", "count")
    return tuple(_article(entry, f"articles.{i}") for i, entry in enumerate(entries))


def _article(entry: object, place: str) -> Article:
    if not isinstance(entry, Mapping):
        raise ReplyFieldError(place, "type")
    return Article(**_texts(Article, entry, f"{place}."))


def _texts(kind: type, given: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    """Return the values for `kind`; empty is missing, and fine where it may be."""
    known = {field.name: field for field in fields(kind)}
    for name in given:
        if name not in known:
            raise ReplyFieldError(place + name, "unknown")
    values = {}
    for name, field in known.items():
        value = given.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if field.default is MISSING:
                raise ReplyFieldError(place + name, "missing")
        elif problem := _problem(name, value):
            raise ReplyFieldError(place + name, problem)
        else:
            values[name] = sayable(value)
    return values


def _problem(name: str, value: object) -> str | None:
    """Return what is wrong with the text, if anything is."""
    if not isinstance(value, str):
        return "type"
    if has_unsayable(value):
        return "characters"
    limit = MAX_TEXT_BYTES if name == "content" else MAX_FIELD_BYTES
    if len(sayable(value).encode()) > limit:
        return "too_long"
    if name in _ADDRESSES and not _is_address(value):
        return "address"
    return None


def _is_address(text: str) -> bool:
    """Say whether `text` is the whole address of a web page."""
    if any(character.isspace() or character in '<>"' for character in text):
        return False
    try:
        address = urlsplit(text)
        return address.scheme in {"http", "https"} and bool(address.hostname)
    except ValueError:
        return False
