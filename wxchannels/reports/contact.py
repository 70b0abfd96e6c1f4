"""Since when WeChat could tell us anything: before it, missing is not zero."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.models import Account, ScanEvent
from wxchannels.reports.periods import Period, Stretch


def known_since(session: Session, account: Account, period: Period) -> datetime | None:
    """Return from when on silence in `period` means that nothing happened.

    That is the first contact, or what was first told of if it lies before: pushes
    can come late. One moment for all rows of the account.
    """
    met = (account.verified_at, account.first_push_at)
    since = min((at for at in met if at is not None), default=None)
    if since is not None and since <= period.begins_at:
        return since
    query = select(func.min(ScanEvent.happened_at))
    first = session.scalar(query.where(ScanEvent.account_id == account.id))
    return min((at for at in (since, first) if at is not None), default=None)


def could_know(since: datetime | None, time: Period | Stretch, now: datetime) -> bool:
    """Say whether WeChat could have told us by `now` of some of this time."""
    return since is not None and since < time.ends_at and time.begins_at <= now
