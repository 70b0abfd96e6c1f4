"""What a push is answered: by channel and audience, then the account's defaults."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.models import (
    Account,
    Channel,
    ChannelState,
    EventClass,
    QRCode,
    QRCodeState,
)

#: Which reply each class of push gets: the column's name on channels and accounts.
AUDIENCES = {
    EventClass.NEW_FOLLOW: "reply_new",
    EventClass.REFOLLOW: "reply_returning",
    EventClass.FOLLOWER_SCAN: "reply_following",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a recorded push turned out to be and what the person gets to read."""

    class_: EventClass | None = None
    #: As stored, `{"kind": …}`; None is answered with `success`.
    reply: Mapping[str, Any] | None = None


def find_codes(
    session: Session, account_id: int, scenes: Collection[str]
) -> dict[str, QRCode]:
    """Return the account's codes that carry `scenes`, by scene."""
    if not scenes:
        return {}
    query = select(QRCode).where(
        QRCode.account_id == account_id, QRCode.scene.in_(scenes)
    )
    return {code.scene: code for code in session.scalars(query)}


def answer(
    session: Session,
    account: Account,
    code: QRCode | None,
    class_: EventClass,
    *,
    at: datetime,
) -> Answer:
    """Return the answer to a push of `class_` that came through `code` at `at`."""
    audience = AUDIENCES.get(class_)
    if audience is None:
        return Answer(class_=class_)
    reply = None
    if code is not None and code.state_at(at) is QRCodeState.ACTIVE:
        channel = session.get_one(Channel, code.channel_id)
        if channel.state == ChannelState.ACTIVE:
            reply = getattr(channel, audience)
    return Answer(class_=class_, reply=reply or getattr(account, audience))
