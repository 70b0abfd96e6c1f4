"""Of the people newly won on a day, how many still follow later. Reads only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.models import Account, EventClass, Follower, ScanEvent
from wxchannels.reports.conditions import is_counted
from wxchannels.reports.periods import Period

#: After how many times 24 hours we look.
AFTER_DAYS = (1, 7, 30)


@dataclass(frozen=True, kw_only=True)
class RetentionCohort:
    """The people newly won on one day."""

    day: date
    new_follows: int
    #: By number of days: how many of them still followed; None is "not yet".
    retained: dict[int, int | None]

    def share(self, days: int) -> float | None:
        """Return the share still following after `days`; None if there is none yet."""
        kept = self.retained[days]
        return (
            kept / self.new_follows if kept is not None and self.new_follows else None
        )


def retention_report(
    session: Session,
    account: Account,
    period: Period,
    *,
    row_id: int | None = None,
    now: datetime,
) -> Sequence[RetentionCohort]:
    """Return the cohort of every day of `period`, of the account or of one row.

    Only the follow that made somebody new counts: a return does not repair it. A day
    is "not yet" until all its people had the time, its last second included.
    """
    query = (
        select(ScanEvent.day, ScanEvent.happened_at, ScanEvent.lost_at)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*is_counted(account, period), ScanEvent.class_ == EventClass.NEW_FOLLOW)
    )
    if row_id is not None:
        query = query.where(ScanEvent.row_id == row_id)
    stays: dict[date, list[timedelta | None]] = defaultdict(list)
    for day, followed_at, lost_at in session.execute(query):
        stays[day].append(None if lost_at is None else lost_at - followed_at)
    return [_cohort(period, day, stays[day], now) for day in period.days()]


def _cohort(
    period: Period, day: date, stays: Sequence[timedelta | None], now: datetime
) -> RetentionCohort:
    ends_at = Period(day, day, period.time_zone).ends_at
    retained = {
        days: sum(stay is None or stay >= timedelta(days=days) for stay in stays)
        if now >= ends_at + timedelta(days=days)
        else None
        for days in AFTER_DAYS
    }
    return RetentionCohort(day=day, new_follows=len(stays), retained=retained)
