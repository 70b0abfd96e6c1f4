"""The account as its pushes need it, read with the batch that came to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, literal, select, update
from sqlalchemy.orm import Session

from wxchannels.columns import UTCDateTime
from wxchannels.ledger.answers import Reply
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account


@dataclass(frozen=True, slots=True)
class Receiver:
    """The account as its pushes need it."""

    id: int
    pepper: bytes
    time_zone: str
    verified_at: datetime | None
    first_push_at: datetime | None
    has_webhooks: bool
    reply_new: Reply | None
    reply_returning: Reply | None
    reply_following: Reply | None
    reply_fallback: Reply | None


ACCOUNTS = Account.__table__
#: Held as `days.hold_days` holds it: its zone stays until the pushes are on their days.
RECEIVER = (
    select(*(ACCOUNTS.c[name] for name in Receiver.__slots__))
    .where(ACCOUNTS.c.id == bindparam("account_id"))
    .with_for_update(read=True, key_share=True)
)
#: More than a push travels, retries included.
CLOCKS_APART = timedelta(hours=1)


def read_receiver(session: Session, account_id: int) -> Receiver:
    """Return the account, held so that its time zone stays until the commit."""
    given = {"account_id": account_id}
    return Receiver(*session.connection().execute(RECEIVER, given).one())


def note_first_contact(
    session: Session, account: Receiver, deliveries: Sequence[Delivery]
) -> None:
    """Keep when WeChat first reached us, if that was now."""
    # A signed push proves the connection as well as WeChat's own verification does.
    if account.verified_at is None or account.first_push_at is None:
        # When it happened: whoever follows by it did not follow before.
        at = min(map(_moment_of, deliveries))
        session.execute(
            update(Account)
            .where(Account.id == account.id)
            .values(
                verified_at=func.coalesce(
                    Account.verified_at, literal(at, UTCDateTime)
                ),
                first_push_at=func.coalesce(
                    Account.first_push_at, literal(at, UTCDateTime)
                ),
            )
        )


def _moment_of(delivery: Delivery) -> datetime:
    """Return when a push happened, unless the two clocks are far apart."""
    came, happened = delivery.received_at, delivery.push.created_at
    return happened if came - CLOCKS_APART < happened < came else came
