"""Of the people newly won on a day, how many still follow later. Reads only."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.models import Account, EventClass, Follower, ScanEvent
from wxchannels.reports.conditions import is_counted
from wxchannels.reports.contact import could_know, known_since
from wxchannels.reports.events import BATCH
from wxchannels.reports.periods import DAY, Period, Stretch

#: After how many times 24 hours we look.
AFTER_DAYS = (1, 7, 30)


@dataclass(frozen=True, kw_only=True)
class RetentionCohort:
    """The people newly won on one day."""

    day: date
    #: None where nothing is known of the day.
    new_follows: int | None
    is_unfinished: bool
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
    won = _stays(session, account, period, row_id)
    since = known_since(session, account, period)

    def of_day(day: Stretch) -> Counter[int] | None:
        nobody: Counter[int] = Counter()
        return won.get(day.at) or (nobody if could_know(since, day, now) else None)

    return [_cohort(day, of_day(day), now) for day in period.by_day()]


def _stays(
    session: Session, account: Account, period: Period, row_id: int | None
) -> Mapping[date, Counter[int]]:
    """Return how many were won on each day, after 0 days, and still followed later."""
    query = (
        select(ScanEvent.day, ScanEvent.happened_at, ScanEvent.lost_at)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*is_counted(account, period), ScanEvent.class_ == EventClass.NEW_FOLLOW)
    )
    if row_id is not None:
        query = query.where(ScanEvent.row_id == row_id)
    won: dict[date, Counter[int]] = defaultdict(Counter)
    with session.execute(query.execution_options(yield_per=BATCH)) as rows:
        for day, followed_at, lost_at in rows:
            won[day].update(
                days
                for days in (0, *AFTER_DAYS)
                if lost_at is None or lost_at - followed_at >= days * DAY
            )
    return won


def _cohort(day: Stretch, won: Counter[int] | None, now: datetime) -> RetentionCohort:
    def still_following(days: int) -> int | None:
        had_the_time = now >= day.ends_at + days * DAY
        return won[days] if won is not None and had_the_time else None

    return RetentionCohort(
        day=day.at,
        new_follows=None if won is None else won[0],
        is_unfinished=day.is_under_way(now),
        retained={days: still_following(days) for days in AFTER_DAYS},
    )
