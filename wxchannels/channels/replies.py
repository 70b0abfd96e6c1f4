"""What people read after a scan: checked when it is written, previewed as it is sent.

Which reply a push gets is decided by `ledger/answers.py`; the audiences are the same.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wxchannels.channels import variables
from wxchannels.channels.variables import LONGEST, NAMES, SHORTEST, Values
from wxchannels.errors import N_, DomainError
from wxchannels.models import Account, Channel
from wxchannels.wechat.links import has_broken_mini_program, mini_program_links
from wxchannels.wechat.replies import (
    MAX_FIELD_BYTES,
    MAX_TEXT_BYTES,
    ReplyFieldError,
    from_mapping,
    to_mapping,
)

Audience = Literal["reply_new", "reply_returning", "reply_following"]
AUDIENCES: tuple[Audience, ...] = ("reply_new", "reply_returning", "reply_following")
Stored = dict[str, Any]
#: A Chinese character has three.
BYTES_OF_A_CHARACTER = 3
#: Of a mini program, as WeChat's console shows it.
APP_ID = re.compile(r"wx[0-9A-Za-z]{16}")
LONGEST_SHOWN = 64


class BadReplyError(DomainError):
    """WeChat would show a notice of failure instead of such a reply."""

    sentence = N_("This is not a reply WeChat can show: look at “%(part)s”.")

    def __init__(self, field: str, part: str, **params: object) -> None:
        self.field = field
        self.part = part
        super().__init__(part=part, **params)


class ReplyMissingError(BadReplyError):
    """Every kind of reply has something that it cannot be shown without."""

    sentence = N_("Fill this in: WeChat cannot show the reply without it.")


class ReplyTooLongError(BadReplyError):
    """WeChat counts bytes: a Chinese character has three (wechat.md 5.1)."""

    sentence = N_(
        "This reply is too long: %(most)s bytes are allowed, "
        "about %(characters)s Chinese characters."
    )

    def __init__(self, field: str, part: str) -> None:
        most = MAX_TEXT_BYTES if part == "content" else MAX_FIELD_BYTES
        characters = most // BYTES_OF_A_CHARACTER
        super().__init__(field, part, most=most, characters=characters)


class ReplyTooLongFilledError(ReplyTooLongError):
    """What is short enough here must be so for the longest names as well."""

    sentence = N_(
        "Variables can be long: with the longest names filled in, more than the "
        "%(most)s bytes are reached that are allowed. Shorten it."
    )


class ReplyCharactersError(BadReplyError):
    """XML has no way to write control characters."""

    sentence = N_("This reply holds characters that WeChat cannot show.")


class ReplyAddressError(BadReplyError):
    """WeChat opens nothing but web pages."""

    sentence = N_(
        "An address in a reply begins with http:// or https:// and has no blanks."
    )


class ReplyCountError(BadReplyError):
    """After a message WeChat shows only the first of several articles."""

    sentence = N_("A reply has one article: WeChat shows no more after a message.")


class ReplyMiniProgramError(BadReplyError):
    """People would read the markup."""

    sentence = N_(
        "WeChat would show this link to a mini program as text. It is written "
        '<a href="https://…" data-miniprogram-appid="wx…" '
        'data-miniprogram-path="pages/…">words</a>, with nothing else in it.'
    )


class ReplyAppIdError(BadReplyError):
    """WeChat would open nothing."""

    sentence = N_(
        "“%(app_id)s” is no AppID of a mini program: wx and 16 letters and digits."
    )


class UnknownVariableError(BadReplyError):
    """It would be sent as it is written, in braces."""

    sentence = N_(
        "There is no {%(name)s} here. There are %(known)s; {{ and }} write braces."
    )


REFUSALS: dict[str, type[BadReplyError]] = {
    "missing": ReplyMissingError,
    "characters": ReplyCharactersError,
    "too_long": ReplyTooLongError,
    "address": ReplyAddressError,
    "count": ReplyCountError,
}


@dataclass(frozen=True)
class Preview:
    """What one audience reads."""

    audience: Audience
    reply: Mapping[str, Any] | None
    #: False where the account's default is shown for want of one of the channel's.
    is_own: bool


def check_reply(
    field: str, given: object, *, known: Collection[str] = NAMES
) -> Stored | None:
    """Return the reply as stored; a text stands for a text reply, empty for none.

    `known` are the variables that it may hold. It is short enough and says something
    whatever they stand for.
    """
    if given is None:
        return None
    if isinstance(given, str):
        if not given.strip():
            return None
        given = {"kind": "text", "content": given}
    if not isinstance(given, Mapping):
        raise BadReplyError(field, "kind")
    stored = _read(field, given)
    _check_mini_programs(field, text_of(stored))
    if unknown := variables.find_unknown(stored, known):
        part, name = unknown
        listed = " ".join(f"{{{word}}}" for word in known)
        raise UnknownVariableError(field, part, name=name, known=listed)
    _read(field, variables.fill(stored, SHORTEST))
    try:
        _read(field, variables.fill(stored, LONGEST))
    except ReplyTooLongError as error:
        raise ReplyTooLongFilledError(field, error.part) from error
    return stored


def _read(field: str, given: Mapping[str, Any]) -> Stored:
    try:
        stored = to_mapping(from_mapping(given))
    except ReplyFieldError as error:
        refusal = REFUSALS.get(error.problem, BadReplyError)
        raise refusal(field, error.field) from error
    if len(stored.get("articles", ())) > 1:
        raise ReplyCountError(field, "articles")
    return stored


def _check_mini_programs(field: str, text: str) -> None:
    if has_broken_mini_program(text):
        raise ReplyMiniProgramError(field, "content")
    for link in mini_program_links(text):
        if not APP_ID.fullmatch(link.app_id):
            raise ReplyAppIdError(field, "content", app_id=link.app_id[:LONGEST_SHOWN])


def text_of(reply: Mapping[str, Any] | None) -> str:
    """Return the words of a text reply; a reply of another kind has none."""
    return str(reply["content"]) if reply and reply["kind"] == "text" else ""


def previews(account: Account, channel: Channel | None, *, date: str) -> list[Preview]:
    """Return what each audience of the channel reads on `date`."""
    values = Values(
        channel=channel.name if channel else "",
        account=account.name,
        date=date,
        openid_tail="1a2b",
    )
    return [_preview(account, channel, audience, values) for audience in AUDIENCES]


def _preview(
    account: Account, channel: Channel | None, audience: Audience, values: Values
) -> Preview:
    own: Stored | None = getattr(channel, audience) if channel else None
    reply = own or getattr(account, audience)
    filled = variables.fill(reply, values) if reply else None
    return Preview(audience, filled, own is not None)
