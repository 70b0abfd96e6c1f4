"""What happened becomes a message for each endpoint that wants it, with its cause.

Written in the transaction of the cause and read by nobody who counts: whatever becomes
of a message, no figure changes.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from wxchannels.models import (
    NO_CHANNEL,
    ROW_NAMES,
    Account,
    DeliveryState,
    EventClass,
    EventType,
    ScanEvent,
    Webhook,
    WebhookDelivery,
)
from wxchannels.statements import insert_new

HOOKS = Webhook.__table__
TABLE = WebhookDelivery.__table__
ENDPOINTS = select(HOOKS.c.id, HOOKS.c.events).where(
    HOOKS.c.account_id == bindparam("account_id"), HOOKS.c.is_on
)
TYPES: Mapping[EventClass, EventType] = {
    EventClass.NEW_FOLLOW: EventType.FOLLOW,
    EventClass.REFOLLOW: EventType.REFOLLOW,
    EventClass.FOLLOWER_SCAN: EventType.SCAN,
    EventClass.UNFOLLOW: EventType.UNFOLLOW,
}


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """Something an endpoint may want to know."""

    #: The same for the same cause: told twice, it is one message.
    id: str
    type: EventType
    follower_id: int | None
    happened_at: datetime
    recorded_at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)


def tell_pushes(
    session: Session, account_id: int, added: Sequence[Mapping[str, Any]]
) -> None:
    """Tell of rows that were added to the ledger."""
    tell(session, account_id, [_of_push(row) for row in added])


def tell_binding(
    session: Session,
    account_id: int,
    type_: EventType,
    follower_id: int,
    *,
    binding_id: int,
    member: str,
    at: datetime,
) -> None:
    """Tell that a follower is tied to a member, or no longer: once for a binding."""
    event = NewEvent(
        id=f"{type_}-{binding_id}",
        type=type_,
        follower_id=follower_id,
        happened_at=at,
        recorded_at=at,
        fields={"binding_id": binding_id, "member": member},
    )
    tell(session, account_id, [event])


def tell_repairs(
    session: Session, account: Account, event_ids: Collection[int], *, at: datetime
) -> None:
    """Tell where follows count since WeChat told how they came about."""
    if not account.has_webhooks or not event_ids:
        return
    query = select(ScanEvent).where(ScanEvent.id.in_(event_ids))
    found = session.scalars(query.order_by(ScanEvent.id))
    tell(session, account.id, [_of_repair(one, at) for one in found])


def forget_member(
    session: Session, follower_id: int, *, binding_id: int | None = None
) -> None:
    """Take out of messages and answers what may say who the person is.

    Or out of those of one binding, when its end was told: nobody needs them again.
    """
    query = select(WebhookDelivery).where(WebhookDelivery.follower_id == follower_id)
    for delivery in session.scalars(query):
        fields = json.loads(delivery.payload)
        if binding_id is None or fields.get("binding_id") == binding_id:
            fields.pop("member", None)
            delivery.payload, delivery.answer = json.dumps(fields), ""


def tell(session: Session, account_id: int, events: Sequence[NewEvent]) -> None:
    """Have each endpoint of the account told of those events that it wants."""
    if not events:
        return
    found = session.connection().execute(ENDPOINTS, {"account_id": account_id})
    rows = [
        message(account_id, webhook_id, event)
        for webhook_id, wanted in found
        for event in events
        if event.type in wanted
    ]
    insert_new(session, TABLE, rows)


def message(account_id: int, webhook_id: int, event: NewEvent) -> dict[str, Any]:
    """Return the row of a message to one endpoint."""
    return {
        "account_id": account_id,
        "webhook_id": webhook_id,
        "event_id": event.id,
        "type": event.type,
        "follower_id": event.follower_id,
        "payload": json.dumps(dict(event.fields)),
        "happened_at": event.happened_at,
        "recorded_at": event.recorded_at,
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "answer": "",
        "failure": "",
    }


def push_id(push_key: bytes) -> str:
    """Return the message's id for a push."""
    return f"push-{push_key.hex()[:32]}"


def placed(row_id: int, scene: str | None) -> dict[str, Any]:
    """Return where something counts, in the API's words."""
    return {
        "row": ROW_NAMES.get(row_id, "channel"),
        "channel_id": None if row_id in ROW_NAMES else row_id,
        # A code that counts in no channel is a binding's: nobody else's business.
        "scene": None if row_id == NO_CHANNEL else scene,
    }


def _of_push(row: Mapping[str, Any]) -> NewEvent:
    return NewEvent(
        id=push_id(row["push_key"]),
        type=TYPES[row["class"]],
        follower_id=row["follower_id"],
        happened_at=row["happened_at"],
        recorded_at=row["received_at"],
        fields={
            "class": str(row["class"]),
            **placed(row["row_id"], row["scene"]),
        },
    )


def _of_repair(event: ScanEvent, at: datetime) -> NewEvent:
    return NewEvent(
        id=f"repair-{event.id}",
        type=EventType.FOLLOW_REPAIRED,
        follower_id=event.follower_id,
        happened_at=event.happened_at,
        recorded_at=at,
        fields={
            "class": str(event.class_),
            **placed(event.row_id, event.scene),
            "repairs": push_id(event.push_key),
        },
    )
