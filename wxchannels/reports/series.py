"""Figures over time, a point for every day or hour of the period. Reads only."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.ledger.counters import COLUMNS
from wxchannels.models import Account, DayCounter, Follower, ScanEvent
from wxchannels.reports.conditions import counted_columns
from wxchannels.reports.contact import could_know, known_since
from wxchannels.reports.figures import ShownFigures, sum_by
from wxchannels.reports.periods import HOUR, Period, Stretch

MAX_HOURLY_DAYS = 31
#: The parts of a moment down to its hour.
PARTS = ("year", "month", "day", "hour")


class TooManyHoursError(DomainError):
    """Hour by hour is for weeks, not for years."""

    sentence = N_("Hour by hour shows at most 31 days. Choose a shorter period.")
    field = "interval"


@dataclass(frozen=True, kw_only=True)
class Point(ShownFigures):
    """The figures of one day or one hour."""

    #: The day, or the hour's first moment in UTC.
    at: date | datetime
    is_unfinished: bool = False


def daily_series(
    session: Session,
    account: Account,
    period: Period,
    *,
    now: datetime,
    row_ids: Collection[int] | None = None,
) -> Sequence[Point]:
    """Return a point for every day of `period`, of the account or of some rows."""
    found = sum_by(session, account, period, DayCounter.day, row_ids=row_ids)
    since = known_since(session, account, period)
    return _points(period.by_day(), found, since, now)


def hourly_series(
    session: Session,
    account: Account,
    period: Period,
    *,
    now: datetime,
    row_ids: Collection[int] | None = None,
) -> Sequence[Point]:
    """Return a point for every hour of `period`, counted from the ledger."""
    if period.day_count > MAX_HOURLY_DAYS:
        raise TooManyHoursError
    found = _by_hour(session, account, period, row_ids)
    since = known_since(session, account, period)
    return _points(period.by_hour(), found, since, now)


def _by_hour(
    session: Session,
    account: Account,
    period: Period,
    row_ids: Collection[int] | None,
) -> Mapping[datetime, Mapping[str, int]]:
    """Return what the database adds up for every hour in which something happened."""
    # In some zones the hours begin at half past.
    parts = (*PARTS, "minute") if period.begins_at.minute else PARTS
    moment = [extract(part, ScanEvent.happened_at) for part in parts]
    query = (
        select(*counted_columns(), *moment)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(
            ScanEvent.account_id == account.id,
            ScanEvent.happened_at >= period.begins_at,
            ScanEvent.happened_at < period.ends_at,
            Follower.is_tester.is_(False),
        )
        .group_by(*moment)
    )
    if row_ids is not None:
        query = query.where(ScanEvent.row_id.in_(row_ids))
    hours: dict[datetime, Counter[str]] = defaultdict(Counter)
    for row in session.execute(query):
        year, month, day, hour_of_day, *minute = map(int, row[len(COLUMNS) :])
        at = datetime(year, month, day, hour_of_day, sum(minute), tzinfo=UTC)
        hour = at - (at - period.begins_at) % HOUR
        hours[hour].update(dict(zip(COLUMNS, map(int, row), strict=False)))
    return hours


def _points(
    stretches: Iterable[Stretch],
    found: Mapping[Any, Mapping[str, int]],
    since: datetime | None,
    now: datetime,
) -> Sequence[Point]:
    return [
        Point(
            at=time.at,
            is_known=time.at in found or could_know(since, time, now),
            is_unfinished=time.is_under_way(now),
            **found.get(time.at, {}),
        )
        for time in stretches
    ]


def by_day(
    session: Session,
    account: Account,
    period: Period,
    *,
    row_ids: Collection[int],
) -> Mapping[int, Mapping[date, int]]:
    """Return the net follows of some rows on the days on which something happened."""
    net = DayCounter.new_follows + DayCounter.refollows - DayCounter.unfollows
    query = select(DayCounter.row_id, DayCounter.day, net).where(
        DayCounter.account_id == account.id,
        DayCounter.day.between(period.start, period.end),
        DayCounter.row_id.in_(row_ids),
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for row_id, day, number in session.execute(query):
        found[row_id][day] = number
    return found
