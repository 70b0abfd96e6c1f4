"""Which pushes of the ledger a figure counts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, func, or_

from wxchannels.ledger.counters import CLASS_COLUMNS
from wxchannels.models import NO_CHANNEL, Account, Follower, Kind, ScanEvent
from wxchannels.reports.periods import Period


def is_counted(account: Account, period: Period) -> Sequence[ColumnElement[bool]]:
    """Return the conditions that a push counts in `period`; joined with its person."""
    return (
        ScanEvent.account_id == account.id,
        ScanEvent.day.between(period.start, period.end),
        Follower.is_tester.is_(False),
    )


def is_scan() -> ColumnElement[bool]:
    """Return the condition that a push is one of `scans`."""
    by_code = and_(ScanEvent.kind == Kind.FOLLOW, ScanEvent.row_id != NO_CHANNEL)
    return or_(ScanEvent.kind == Kind.SCAN, by_code)


def counted_columns() -> Sequence[ColumnElement[int]]:
    """Return the columns of the day counters, counted from the ledger."""
    classes = (ScanEvent.class_ == class_ for class_ in CLASS_COLUMNS)
    return [func.sum(case((true, 1), else_=0)) for true in (is_scan(), *classes)]
