"""The queue of an endpoint: the next message, and what became of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from wxchannels.models import (
    Account,
    Channel,
    DeliveryState,
    EventType,
    Follower,
    Task,
    Webhook,
    WebhookDelivery,
)
from wxchannels.outbox.queue import NewTask
from wxchannels.webhooks import signing
from wxchannels.webhooks.endpoints import KIND, task_for
from wxchannels.webhooks.events import forget_member
from wxchannels.webhooks.posting import Outcome


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as it goes out now."""

    delivery_id: int
    url: str
    body: bytes
    headers: dict[str, str]
    #: Part of the body where the endpoint asked for it.
    openid: str | None


def list_unattended(session: Session, *, at: datetime) -> Sequence[NewTask]:
    """Return the work of endpoints for which messages wait, and no work is asked for.

    The messages are the truth and this wakes whoever sends them: a push need not, and
    what is written while a worker finds the queue empty is found a moment later.
    """
    waits = exists().where(
        WebhookDelivery.webhook_id == Webhook.id,
        WebhookDelivery.state == DeliveryState.WAITING,
    )
    query = select(Webhook.account_id, Webhook.id)
    query = query.where(Webhook.is_on, Webhook.paused_at.is_(None), waits)
    found = session.execute(query).all()
    if not found:
        return []
    asked = select(Task.open_key).where(Task.kind == KIND, Task.open_key.is_not(None))
    asked_for = set(session.scalars(asked))
    return [
        task_for(account_id, webhook_id, at=at)
        for account_id, webhook_id in found
        if str(webhook_id) not in asked_for
    ]


def next_letter(session: Session, webhook_id: int, *, now: datetime) -> Letter | None:
    """Return the oldest message that waits, if the endpoint is to be told anything."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or not webhook.is_on or webhook.paused_at is not None:
        return None
    query = select(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook_id,
        WebhookDelivery.state == DeliveryState.WAITING,
    )
    delivery = session.scalar(query.order_by(WebhookDelivery.id).limit(1))
    return _letter(session, webhook, delivery, now=now) if delivery else None


def note(session: Session, letter: Letter, outcome: Outcome, *, at: datetime) -> None:
    """Keep what came of sending the letter."""
    delivery = session.get(WebhookDelivery, letter.delivery_id)
    if delivery is None:
        # Its endpoint was taken away meanwhile.
        return
    answer = outcome.answer
    if letter.openid is not None:
        # Whoever is told an openid may say it back, and we must be able to forget it.
        answer = answer.replace(letter.openid, "…")
    delivery.attempts += 1
    delivery.attempted_at, delivery.took_ms = at, outcome.took_ms
    delivery.status, delivery.answer = outcome.status, answer
    delivery.failure = outcome.failure or ""
    webhook = delivery.webhook
    if outcome.failure is None:
        delivery.state = DeliveryState.DELIVERED
        webhook.failing_since = None
        _forget_binding(session, delivery)
    else:
        webhook.failing_since = webhook.failing_since or at


def _forget_binding(session: Session, delivery: WebhookDelivery) -> None:
    """Where the end of a binding is told to all: nothing says who it was with."""
    if delivery.type != EventType.BINDING_REMOVED or delivery.follower_id is None:
        return
    session.flush()
    untold = select(WebhookDelivery.id).where(
        WebhookDelivery.account_id == delivery.account_id,
        WebhookDelivery.event_id == delivery.event_id,
        WebhookDelivery.state == DeliveryState.WAITING,
    )
    if session.scalar(untold.limit(1)) is None:
        number = json.loads(delivery.payload)["binding_id"]
        forget_member(session, delivery.follower_id, binding_id=number)


def pause(session: Session, webhook_id: int, *, at: datetime) -> None:
    """Stop trying until a person says that the endpoint works again."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is not None:
        webhook.paused_at = at


def _letter(
    session: Session, webhook: Webhook, delivery: WebhookDelivery, *, now: datetime
) -> Letter:
    openid = _openid(session, delivery) if webhook.sends_openid else None
    body = json.dumps(
        _content(session, delivery, openid), ensure_ascii=False, separators=(",", ":")
    ).encode()
    signature = signing.headers_for(
        _secrets(webhook, now), delivery.event_id, int(now.timestamp()), body
    )
    return Letter(
        delivery_id=delivery.id,
        url=webhook.url,
        body=body,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "wxchannels",
            **signature,
        },
        openid=openid,
    )


def _secrets(webhook: Webhook, now: datetime) -> list[str]:
    """Return what signs now; a secret that was changed signs for a while beside it."""
    before, until = webhook.previous_secret, webhook.previous_until
    if before and until and now < until:
        return [webhook.secret, before]
    return [webhook.secret]


def _content(
    session: Session, delivery: WebhookDelivery, openid: str | None
) -> dict[str, Any]:
    fields = json.loads(delivery.payload)
    content = {
        "id": delivery.event_id,
        "type": str(delivery.type),
        "created_at": delivery.happened_at.isoformat().replace("+00:00", "Z"),
        "account": session.get_one(Account, delivery.account_id).slug,
        "follower_id": delivery.follower_id,
        **fields,
    }
    if fields.get("channel_id") is not None:
        content["channel"] = session.get_one(Channel, fields["channel_id"]).name
    if openid is not None:
        content["openid"] = openid
    return content


def _openid(session: Session, delivery: WebhookDelivery) -> str | None:
    """Return who it is about, as long as they follow: of others we know nothing."""
    if delivery.follower_id is None:
        return None
    return session.scalar(
        select(Follower.openid).where(
            Follower.id == delivery.follower_id, Follower.following
        )
    )
