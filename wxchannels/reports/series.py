"""Figures over time, a point for every day or hour of the period. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.ledger import counters
from wxchannels.ledger.counters import COLUMNS
from wxchannels.models import Account, DayCounter, EventClass, Follower, ScanEvent
from wxchannels.reports.figures import Figures, sum_by
from wxchannels.reports.periods import Period

MAX_HOURLY_DAYS = 31


class TooManyHoursError(DomainError):
    """Hour by hour is for weeks, not for years."""

    sentence = N_("Hour by hour shows at most 31 days. Choose a shorter period.")
    field = "interval"


@dataclass(frozen=True, kw_only=True)
class Point(Figures):
    """The figures of one day or one hour."""

    #: The day, or the hour's first moment in UTC.
    at: date | datetime


def daily_series(
    session: Session,
    account: Account,
    period: Period,
    *,
    row_ids: Collection[int] | None = None,
) -> Sequence[Point]:
    """Return a point for every day of `period`, of the account or of some rows."""
    found = sum_by(session, account, period, DayCounter.day, row_ids=row_ids)
    return [Point(at=day, **found.get(day, {})) for day in period.days()]


def hourly_series(
    session: Session,
    account: Account,
    period: Period,
    *,
    row_ids: Collection[int] | None = None,
) -> Sequence[Point]:
    """Return a point for every hour of `period`, counted from the ledger."""
    if period.day_count > MAX_HOURLY_DAYS:
        raise TooManyHoursError
    query = (
        select(ScanEvent.happened_at, ScanEvent.row_id, ScanEvent.class_)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(
            ScanEvent.account_id == account.id,
            ScanEvent.happened_at >= period.begins_at,
            ScanEvent.happened_at < period.ends_at,
            Follower.is_tester.is_(False),
        )
    )
    if row_ids is not None:
        query = query.where(ScanEvent.row_id.in_(row_ids))
    hours: dict[datetime, dict[str, int]] = {}
    for at, row, class_ in session.execute(query):
        _add(hours, period, at, row, EventClass(class_))
    return [Point(at=hour, **hours.get(hour, {})) for hour in period.hours()]


def _add(
    hours: dict[datetime, dict[str, int]],
    period: Period,
    at: datetime,
    row_id: int,
    class_: EventClass,
) -> None:
    whole = (at - period.begins_at) // timedelta(hours=1)
    hour = period.begins_at + whole * timedelta(hours=1)
    figures = hours.setdefault(hour, dict.fromkeys(COLUMNS, 0))
    figures[counters.CLASS_COLUMNS[class_]] += 1
    if counters.is_scan(class_, row_id):
        figures["scans"] += 1


def by_day(
    session: Session,
    account: Account,
    period: Period,
    name: str,
    *,
    row_ids: Collection[int] | None = None,
) -> Mapping[int, Sequence[int]]:
    """Return one figure for every day of `period`, by row; for sparklines.

    A row where nothing happened in the whole period is left out.
    """
    days = {day: index for index, day in enumerate(period.days())}
    net = DayCounter.new_follows + DayCounter.refollows - DayCounter.unfollows
    value = net if name == "net_follows" else getattr(DayCounter, name)
    query = select(DayCounter.row_id, DayCounter.day, value).where(
        DayCounter.account_id == account.id,
        DayCounter.day.between(period.start, period.end),
    )
    if row_ids is not None:
        query = query.where(DayCounter.row_id.in_(row_ids))
    found: dict[int, list[int]] = {}
    for row_id, day, number in session.execute(query):
        found.setdefault(row_id, [0] * period.day_count)[days[day]] = number
    return found
