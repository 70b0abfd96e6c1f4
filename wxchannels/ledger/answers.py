"""What a push is answered: by channel and audience, then the account's defaults."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import bindparam, null, select
from sqlalchemy.orm import Session

from wxchannels.models import (
    AdoptedScene,
    Channel,
    ChannelGroup,
    ChannelState,
    EventClass,
    QRCode,
    QRCodeState,
)

Reply = Mapping[str, Any]
CODES = QRCode.__table__
CHANNELS = Channel.__table__
GROUPS = ChannelGroup.__table__
IS_TAGGED = CHANNELS.c.tag_in_wechat.is_not(None) | GROUPS.c.tag_in_wechat.is_not(None)
BY_SCENE = (
    select(
        CODES.c.scene,
        CODES.c.channel_id,
        (CODES.c.state == QRCodeState.ACTIVE)
        & (CHANNELS.c.state == ChannelState.ACTIVE),
        CODES.c.expires_at,
        CHANNELS.c.reply_new,
        CHANNELS.c.reply_returning,
        CHANNELS.c.reply_following,
        IS_TAGGED,
        CHANNELS.c.name,
    )
    .join(CHANNELS, CHANNELS.c.id == CODES.c.channel_id)
    .outerjoin(GROUPS, GROUPS.c.id == CHANNELS.c.group_id)
    .where(CODES.c.account_id == bindparam("account_id"))
    .where(CODES.c.scene.in_(bindparam("scenes", expanding=True)))
)
ADOPTED = AdoptedScene.__table__
BY_ADOPTION = (
    select(
        ADOPTED.c.scene,
        ADOPTED.c.channel_id,
        CHANNELS.c.state == ChannelState.ACTIVE,
        null(),
        CHANNELS.c.reply_new,
        CHANNELS.c.reply_returning,
        CHANNELS.c.reply_following,
        IS_TAGGED,
        CHANNELS.c.name,
    )
    .join(CHANNELS, CHANNELS.c.id == ADOPTED.c.channel_id)
    .outerjoin(GROUPS, GROUPS.c.id == CHANNELS.c.group_id)
    .where(ADOPTED.c.account_id == bindparam("account_id"))
    .where(ADOPTED.c.scene.in_(bindparam("scenes", expanding=True)))
    .where(ADOPTED.c.released_at.is_(None))
)


class Speaker(Protocol):
    """Who has replies of its own: an account, or a code by its channel."""

    @property
    def reply_new(self) -> Reply | None:
        """Return what somebody new gets to read."""

    @property
    def reply_returning(self) -> Reply | None:
        """Return what somebody gets to read who followed before."""

    @property
    def reply_following(self) -> Reply | None:
        """Return what somebody gets to read who follows already."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code as an answer needs it."""

    scene: str
    channel_id: int
    is_active: bool
    expires_at: datetime | None
    reply_new: Reply | None
    reply_returning: Reply | None
    reply_following: Reply | None
    #: Whether WeChat is to tag who follows through it.
    is_tagged: bool
    channel_name: str

    def speaks_at(self, at: datetime) -> bool:
        """Say whether the channel's own reply is due, or the account's."""
        return self.is_active and (self.expires_at is None or at < self.expires_at)


class Origin(StrEnum):
    """Whose reply it is."""

    CHANNEL = "channel"
    ACCOUNT = "account"
    RULE = "rule"
    FALLBACK = "fallback"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a recorded push turned out to be and what the person gets to read."""

    class_: EventClass | None = None
    #: As stored, `{"kind": …}`; None is answered with `success`.
    reply: Reply | None = None
    #: Who wrote the reply; None where we did, whose replies have no variables.
    origin: Origin | None = None
    #: The channel that was scanned, for the reply's variables; "" for none.
    channel_name: str = ""
    #: The rule that fits, and those that took too long to look at.
    rule_id: int | None = None
    skipped: tuple[int, ...] = ()


def find_codes(
    session: Session, account_id: int, scenes: Collection[str]
) -> dict[str, Code]:
    """Return the account's codes that carry `scenes`, by scene.

    Scenes that are no code's may have been adopted: only then it takes a second query.
    """
    found: dict[str, Code] = {}
    for query in (BY_SCENE, BY_ADOPTION):
        left = [scene for scene in scenes if scene not in found]
        if left:
            given = {"account_id": account_id, "scenes": left}
            rows = session.connection().execute(query, given)
            found.update({row[0]: Code(*row) for row in rows})
    return found


def answer(
    account: Speaker, code: Code | None, class_: EventClass, *, at: datetime
) -> Answer:
    """Return the answer to a push of `class_` that came through `code` at `at`."""
    name, own = "", None
    if code is not None and code.speaks_at(at):
        name, own = code.channel_name, _reply(code, class_)
    reply = own or _reply(account, class_)
    return Answer(
        class_=class_,
        reply=reply,
        origin=(Origin.CHANNEL if own else Origin.ACCOUNT) if reply else None,
        channel_name=name,
    )


def _reply(speaker: Speaker, class_: EventClass) -> Reply | None:
    match class_:
        case EventClass.NEW_FOLLOW:
            return speaker.reply_new
        case EventClass.REFOLLOW:
            return speaker.reply_returning
        case EventClass.FOLLOWER_SCAN:
            return speaker.reply_following
    return None
