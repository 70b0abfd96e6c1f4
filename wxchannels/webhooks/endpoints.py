"""The endpoints of an account: added, changed, given a new secret, taken away."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.models import Account, EventType, Webhook, WebhookDelivery
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask
from wxchannels.webhooks import events
from wxchannels.webhooks.events import NewEvent
from wxchannels.webhooks.signing import new_secret

#: The kind of the task that empties an endpoint's queue.
KIND = "webhook"
#: What can be asked for.
CHOICES = tuple(type_ for type_ in EventType if type_ is not EventType.TEST)
MOST_ENDPOINTS = 10
#: How long a new secret's predecessor signs as well.
BOTH_SECRETS = timedelta(days=1)


class NoEventsError(DomainError):
    """An endpoint that wants nothing is told nothing."""

    sentence = N_("Choose at least one event.")
    field = "events"


class TooManyEndpointsError(DomainError):
    """Each one is a message more in the transaction of every push."""

    sentence = N_("An account has at most %(most)d webhooks.")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What people say of an endpoint. The URL was looked at by `addresses`."""

    url: str
    events: Sequence[str]
    sends_openid: bool = False
    is_on: bool = True


def list_endpoints(session: Session, account: Account) -> Sequence[Webhook]:
    """Return the account's endpoints, the oldest first."""
    query = select(Webhook).where(Webhook.account_id == account.id)
    return session.scalars(query.order_by(Webhook.id)).all()


def find_endpoint(
    session: Session, account: Account, webhook_id: int
) -> Webhook | None:
    """Return the endpoint, if it is the account's."""
    webhook = session.get(Webhook, webhook_id)
    return webhook if webhook and webhook.account_id == account.id else None


def count_paused(session: Session, account: Account) -> int:
    """Return how many endpoints wait for a person to say that they work again."""
    if not account.has_webhooks:
        return 0
    query = select(func.count(Webhook.id)).where(
        Webhook.account_id == account.id, Webhook.is_on, Webhook.paused_at.is_not(None)
    )
    return session.scalar(query) or 0


def add_endpoint(
    session: Session, account: Account, settings: Settings, *, at: datetime
) -> Webhook:
    """Add an endpoint with a secret of its own."""
    _hold(session, account)
    if len(list_endpoints(session, account)) >= MOST_ENDPOINTS:
        raise TooManyEndpointsError(most=MOST_ENDPOINTS)
    webhook = Webhook(account_id=account.id, secret=new_secret(), created_at=at)
    session.add(webhook)
    _apply(session, account, webhook, settings)
    return webhook


def change_endpoint(
    session: Session, account: Account, webhook: Webhook, settings: Settings
) -> None:
    """Change what is said of the endpoint; what waits goes where it leads now."""
    _hold(session, account)
    _apply(session, account, webhook, settings)


def remove_endpoint(session: Session, account: Account, webhook: Webhook) -> None:
    """Take the endpoint away with all that was to be told to it."""
    _hold(session, account)
    of_it = WebhookDelivery.webhook_id == webhook.id
    session.execute(delete(WebhookDelivery).where(of_it))
    session.delete(webhook)
    session.flush()
    _note_whether_any(session, account)


def rotate_secret(webhook: Webhook, *, at: datetime) -> str:
    """Return a new secret; the one before signs as well for a day."""
    webhook.previous_secret = webhook.secret
    webhook.previous_until = at + BOTH_SECRETS
    webhook.secret = new_secret()
    return webhook.secret


def resume(session: Session, webhook: Webhook, *, at: datetime) -> None:
    """Begin to send what waits, at once."""
    webhook.paused_at = webhook.failing_since = None
    wake(session, webhook, at=at)


def send_test(session: Session, webhook: Webhook, *, at: datetime) -> None:
    """Put a message in line that says nothing but that it arrives."""
    test = NewEvent(
        id=f"test-{secrets.token_hex(16)}",
        type=EventType.TEST,
        follower_id=None,
        happened_at=at,
        recorded_at=at,
    )
    row = events.message(webhook.account_id, webhook.id, test)
    session.execute(insert(WebhookDelivery), [row])
    wake(session, webhook, at=at)


def wake(session: Session, webhook: Webhook, *, at: datetime) -> None:
    """Have what waits for the endpoint tried at once."""
    queue.add_tasks(session, [task_for(webhook.account_id, webhook.id, at=at)])
    queue.hurry(session, webhook.account_id, KIND, str(webhook.id), now=at)


def task_for(account_id: int, webhook_id: int, *, at: datetime) -> NewTask:
    """Return the work of sending what waits for the endpoint."""
    return NewTask(account_id=account_id, kind=KIND, subject=str(webhook_id), due_at=at)


def _hold(session: Session, account: Account) -> None:
    """Wait for the pushes under way: they know the endpoints as they were."""
    session.refresh(account, with_for_update=True)


def _apply(
    session: Session, account: Account, webhook: Webhook, settings: Settings
) -> None:
    wanted = [str(choice) for choice in CHOICES if choice in settings.events]
    if not wanted:
        raise NoEventsError
    webhook.url, webhook.events = settings.url, wanted
    webhook.sends_openid, webhook.is_on = settings.sends_openid, settings.is_on
    session.flush()
    _note_whether_any(session, account)


def _note_whether_any(session: Session, account: Account) -> None:
    on = select(Webhook.id).where(Webhook.account_id == account.id, Webhook.is_on)
    account.has_webhooks = session.scalar(on.limit(1)) is not None
