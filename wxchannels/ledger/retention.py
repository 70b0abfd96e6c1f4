"""Raw pushes end after the days they are kept for."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wxchannels.models import RawPush


def delete_raw_pushes(
    session: Session, account_id: int, before: datetime, *, limit: int
) -> int:
    """Delete up to `limit` pushes received before that; return how many there were.

    The ledger and its numbers stay: they were read from the pushes long ago.
    """
    old = select(RawPush.id).where(RawPush.account_id == account_id)
    # Parked ones were not read, and wait for a person however long.
    old = old.where(RawPush.received_at < before, RawPush.parked_at.is_(None))
    old = old.order_by(RawPush.received_at)
    numbers = session.scalars(old.limit(limit)).all()
    session.execute(delete(RawPush).where(RawPush.id.in_(numbers)))
    return len(numbers)
