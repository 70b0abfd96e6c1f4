"""Raw pushes received again: what the ledger lost comes back, what it has stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from wxchannels.ledger import inbox
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, RawPush, ScanEvent
from wxchannels.wechat.errors import MalformedPushError
from wxchannels.wechat.pushes import parse

#: Pushes read at once, and received in one transaction.
BATCH = 100
#: Where a range of pushes begins: when one was received, and its number.
Position = tuple[datetime, int]
BEGINNING: Position = (datetime.min.replace(tzinfo=UTC), 0)


@dataclass(frozen=True)
class Kept:
    """A raw push as we keep it."""

    id: int
    push_key: bytes
    received_at: datetime
    #: Empty where it was erased with its person.
    body: bytes

    @property
    def position(self) -> Position:
        """Where the pushes behind it begin."""
        return self.received_at, self.id

    def delivery(self) -> Delivery | None:
        """Return the push as it came, or nothing where that cannot be read any more."""
        try:
            push = parse(self.body)
        except MalformedPushError:
            return None
        return Delivery(push=push, body=self.body, received_at=self.received_at)


def list_kept(
    session: Session,
    account: Account,
    start: datetime,
    end: datetime,
    *,
    after: Position = BEGINNING,
) -> Sequence[Kept]:
    """Return the next pushes received from `start` until before `end`."""
    query = select(
        RawPush.id,
        RawPush.push_key,
        RawPush.received_at,
        RawPush.body,
    ).where(
        RawPush.account_id == account.id,
        RawPush.received_at >= max(start, after[0]),
        RawPush.received_at < end,
        tuple_(RawPush.received_at, RawPush.id) > after,
    )
    query = query.order_by(RawPush.received_at, RawPush.id).limit(BATCH)
    return [Kept(*row) for row in session.execute(query)]


def replay(
    session: Session,
    account: Account,
    pushes: Sequence[tuple[Kept, Delivery]],
    *,
    erase: bool,
) -> int:
    """Receive `pushes` as if WeChat had sent them again; return how many were missing.

    One that was parked is so no more, as when WeChat sends it again itself.
    """
    keys = [kept.push_key for kept, _ in pushes]
    before = _count_recorded(session, keys)
    deliveries = [delivery for _, delivery in pushes]
    inbox.receive(session, account.id, deliveries, erase=erase)
    return _count_recorded(session, keys) - before


def _count_recorded(session: Session, keys: Sequence[bytes]) -> int:
    query = select(func.count(ScanEvent.id)).where(ScanEvent.push_key.in_(keys))
    return session.scalar(query) or 0
