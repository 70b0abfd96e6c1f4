"""What people read after a scan: checked when it is written, previewed as it is sent.

Which reply a push gets is decided by `ledger/answers.py`; the audiences are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wxchannels.errors import N_, DomainError
from wxchannels.models import Account, Channel
from wxchannels.wechat.replies import (
    ReplyFieldError,
    from_mapping,
    to_mapping,
)

Audience = Literal["reply_new", "reply_returning", "reply_following"]
AUDIENCES: tuple[Audience, ...] = ("reply_new", "reply_returning", "reply_following")
Stored = dict[str, Any]


class BadReplyError(DomainError):
    """WeChat would show a notice of failure instead of such a reply."""

    sentence = N_("This is not a reply WeChat can show: look at “%(part)s”.")

    def __init__(self, field: str, part: str) -> None:
        self.field = field
        super().__init__(part=part)


class ReplyTooLongError(BadReplyError):
    """WeChat counts bytes: a Chinese character has three (wechat.md 5.1)."""

    sentence = N_(
        "This reply is too long: 2048 bytes are allowed, about 680 Chinese characters."
    )


class ReplyCharactersError(BadReplyError):
    """XML has no way to write control characters."""

    sentence = N_("This reply holds characters that WeChat cannot show.")


class ReplyAddressError(BadReplyError):
    """WeChat opens nothing but web pages."""

    sentence = N_("An address in a reply begins with http:// or https://.")


REFUSALS: dict[str, type[BadReplyError]] = {
    "characters": ReplyCharactersError,
    "too_long": ReplyTooLongError,
    "address": ReplyAddressError,
}


@dataclass(frozen=True)
class Preview:
    """What one audience reads."""

    audience: Audience
    reply: Mapping[str, Any] | None
    #: False where the account's default is shown for want of one of the channel's.
    is_own: bool


def check_reply(audience: Audience, given: object) -> Stored | None:
    """Return the reply as stored; a text stands for a text reply, empty for none."""
    if given is None:
        return None
    if isinstance(given, str):
        if not given.strip():
            return None
        given = {"kind": "text", "content": given}
    if not isinstance(given, Mapping):
        raise BadReplyError(audience, "kind")
    try:
        return to_mapping(from_mapping(given))
    except ReplyFieldError as error:
        refusal = REFUSALS.get(error.problem, BadReplyError)
        raise refusal(audience, error.field) from error


def text_of(reply: Mapping[str, Any] | None) -> str:
    """Return the words of a text reply; a reply of another kind has none."""
    return str(reply["content"]) if reply and reply["kind"] == "text" else ""


def previews(account: Account, channel: Channel | None) -> list[Preview]:
    """Return what each audience of the channel reads, default or its own."""
    return [_preview(account, channel, audience) for audience in AUDIENCES]


def _preview(account: Account, channel: Channel | None, audience: Audience) -> Preview:
    own: Stored | None = getattr(channel, audience) if channel else None
    return Preview(audience, own or getattr(account, audience), own is not None)
