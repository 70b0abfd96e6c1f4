"""The pushes themselves, kept sealed for as long as the account keeps them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from wxchannels.ledger.deliveries import Opened
from wxchannels.ledger.followers import Locked
from wxchannels.models import RawPush
from wxchannels.statements import insert_new
from wxchannels.wechat.pushes import Event, Push

RAW = RawPush.__table__
UNPARK = (
    update(RAW)
    .where(RAW.c.push_key == bindparam("key"), RAW.c.parked_at.is_not(None))
    .values(
        kind=bindparam("kind"),
        follower_id=bindparam("follower_id"),
        parked_at=None,
        error=None,
    )
)
#: Longer ones are cut.
STORED_KIND = 64


def keep_raw(
    session: Session,
    account_id: int,
    opened: Sequence[Opened],
    people: Mapping[bytes, Locked],
) -> None:
    """Keep each push once; one that was parked is so no more."""
    rows = {item.key: _row(account_id, item, people) for item in opened}
    if not insert_new(session, RAW, list(rows.values())):
        # One that was parked, and is read now that it came again.
        unparked = [
            {"key": key, "kind": row["kind"], "follower_id": row["follower_id"]}
            for key, row in rows.items()
        ]
        session.connection().execute(UNPARK, unparked)


def _row(
    account_id: int, item: Opened, people: Mapping[bytes, Locked]
) -> dict[str, Any]:
    push = item.push
    return {
        "account_id": account_id,
        "push_key": item.key,
        "follower_id": people[item.openid_hash].id if item.openid_hash else None,
        "kind": _kind(push),
        "happened_at": push.created_at,
        "received_at": item.delivery.received_at,
        "body": item.delivery.body,
    }


def _kind(push: Push) -> str:
    """Return how a raw push is called: MsgType, and for an event its name."""
    event = f"/{push.event}" if isinstance(push, Event) else ""
    return (push.msg_type + event)[:STORED_KIND]
