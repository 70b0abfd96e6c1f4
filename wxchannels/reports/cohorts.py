"""The people behind the figures: who scanned, whose follows have ended. Reads only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from wxchannels.models import Account, Follower, Kind, ScanEvent
from wxchannels.reports.conditions import is_counted, is_scan
from wxchannels.reports.periods import Period


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """The follows won in a period, and how many of them have ended since."""

    won: int = 0
    ended: int = 0


def cohort_by_row(
    session: Session, account: Account, period: Period, *, now: datetime
) -> Mapping[int, Cohort]:
    """Return what became of the follows that each row won in `period`."""
    ended = func.sum(case((ScanEvent.lost_at <= now, 1), else_=0))
    query = (
        select(ScanEvent.row_id, func.count(ScanEvent.id), ended)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*is_counted(account, period), ScanEvent.kind == Kind.FOLLOW)
        .group_by(ScanEvent.row_id)
    )
    return {
        row_id: Cohort(won=won, ended=int(gone))
        for row_id, won, gone in session.execute(query)
    }


def people_count(
    session: Session,
    account: Account,
    period: Period,
    *,
    row_ids: Collection[int] | None = None,
) -> int:
    """Return the distinct people behind the scans of the account, or of some rows."""
    query = (
        select(func.count(ScanEvent.follower_id.distinct()))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*is_counted(account, period), is_scan())
    )
    if row_ids is not None:
        query = query.where(ScanEvent.row_id.in_(row_ids))
    return session.scalar(query) or 0
