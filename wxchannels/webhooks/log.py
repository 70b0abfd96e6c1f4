"""What an endpoint was told: looked at, sent again, skipped, and deleted in the end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wxchannels.models import DeliveryState, Webhook, WebhookDelivery
from wxchannels.paging import Page
from wxchannels.webhooks.endpoints import wake

PAGE_SIZE = 50
#: How long messages are kept that were taken, or skipped, and that still wait.
KEPT_TAKEN, KEPT_WAITING = timedelta(days=7), timedelta(days=30)


def list_deliveries(
    session: Session, webhook: Webhook, state: DeliveryState | None, *, page: int
) -> Page[WebhookDelivery]:
    """Return a page of the log, of those in one state or of all."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    total = session.scalar(query.with_only_columns(func.count())) or 0
    newest = query.order_by(WebhookDelivery.id.desc())
    rows = session.scalars(newest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return Page(rows.all(), page, PAGE_SIZE, total)


def count_waiting(session: Session, account_id: int) -> Mapping[int, int]:
    """Return how many messages wait, by the endpoint's number."""
    query = select(WebhookDelivery.webhook_id, func.count())
    query = query.join(Webhook).where(
        Webhook.account_id == account_id,
        WebhookDelivery.state == DeliveryState.WAITING,
    )
    rows = session.execute(query.group_by(WebhookDelivery.webhook_id))
    return {row[0]: row[1] for row in rows}


def find_delivery(
    session: Session, webhook: Webhook, delivery_id: int
) -> WebhookDelivery | None:
    """Return the message, if it is one to this endpoint."""
    delivery = session.get(WebhookDelivery, delivery_id)
    return delivery if delivery and delivery.webhook_id == webhook.id else None


def send_again(
    session: Session, webhook: Webhook, delivery: WebhookDelivery, *, at: datetime
) -> None:
    """Put the message back in line, under the same id."""
    delivery.state = DeliveryState.WAITING
    session.flush()
    wake(session, webhook, at=at)


def skip(
    session: Session, webhook: Webhook, delivery: WebhookDelivery, *, at: datetime
) -> None:
    """Let the message keep the others waiting no longer."""
    if delivery.state == DeliveryState.WAITING:
        delivery.state = DeliveryState.SKIPPED
        session.flush()
        wake(session, webhook, at=at)


def delete_deliveries(
    session: Session, account_id: int, *, limit: int, now: datetime
) -> int:
    """Delete up to `limit` messages that are too old; return how many there were.

    Those that nobody took in all that time go as well.
    """
    is_over = WebhookDelivery.state != DeliveryState.WAITING
    old = select(WebhookDelivery.id).where(
        WebhookDelivery.account_id == account_id,
        WebhookDelivery.recorded_at < now - KEPT_TAKEN,
        is_over | (WebhookDelivery.recorded_at < now - KEPT_WAITING),
    )
    numbers = session.scalars(old.limit(limit)).all()
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(numbers)))
    return len(numbers)
