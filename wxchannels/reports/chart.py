"""The chart of a period: what is over, what is under way, what nobody knows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.ledger.counters import COLUMNS
from wxchannels.ledger.days import local_day, zone
from wxchannels.models import Account
from wxchannels.reports.periods import Period
from wxchannels.reports.series import Point, daily_series, hourly_series

#: Shorter periods are drawn hour by hour unless days are asked for.
HOURLY_UP_TO_DAYS = 2
#: Longer ones would be a scribble of hours, and are drawn by days whatever is asked.
HOURS_UP_TO_DAYS = 7
#: The metrics that the chart can show; the net shows the whole life cycle.
METRICS = ("net_follows", *COLUMNS)
DEFAULT_METRIC = "net_follows"
SHOWN = 32


class Interval(StrEnum):
    """How long a point of the chart lasts."""

    DAY = "day"
    HOUR = "hour"


class BadIntervalError(DomainError):
    """A chart goes by days or by hours."""

    sentence = N_("A chart goes by “day” or “hour”, not by “%(interval)s”.")
    field = "interval"


class BadMetricError(DomainError):
    """A metric that no chart shows."""

    sentence = N_("There is no chart of “%(metric)s”.")
    field = "metric"


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A point as drawn: None is not zero, it says that nothing is known."""

    #: As people read it, on the account's clock: 2026-11-12 or 2026-11-12 14:00.
    at: str
    scans: int | None = None
    new_follows: int | None = None
    refollows: int | None = None
    follower_scans: int | None = None
    unfollows: int | None = None
    net_follows: int | None = None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is drawn, with the same stretch of the period before if that is known."""

    interval: Interval
    points: Sequence[Bucket]
    before: Sequence[Bucket] | None
    #: The moment at which the last point stops short; None if it is over.
    until: datetime | None


def parse_interval(text: str, period: Period) -> Interval:
    """Return the interval `text` names, if it suits `period`, or the one that does."""
    if not text:
        short = period.day_count <= HOURLY_UP_TO_DAYS
        return Interval.HOUR if short else Interval.DAY
    if text not in set(Interval):
        raise BadIntervalError(interval=text[:SHOWN])
    return Interval(text) if may_go_by_hour(period) else Interval.DAY


def may_go_by_hour(period: Period) -> bool:
    """Say whether the hours of `period` can be told apart in a chart."""
    return period.day_count <= HOURS_UP_TO_DAYS


def parse_metric(text: str) -> str:
    """Return the metric that the chart shows."""
    if text and text not in METRICS:
        raise BadMetricError(metric=text[:SHOWN])
    return text or DEFAULT_METRIC


def period_chart(
    session: Session,
    account: Account,
    period: Period,
    interval: Interval,
    *,
    now: datetime,
    row_ids: Collection[int] | None = None,
    compare: bool = True,
) -> Chart:
    """Return the chart of `period`, of the account or of some rows.

    It ends with the day or hour that `now` lies in: the future is no zero.
    """

    def buckets(of: Period, *, until: datetime) -> list[Bucket]:
        read = hourly_series if interval is Interval.HOUR else daily_series
        points = read(session, account, of, now=until, row_ids=row_ids)
        begun = _begun(points, of, until)
        return [_bucket(point, of.time_zone) for point in begun]

    points = buckets(period, until=now)
    before = buckets(period.before, until=period.begins_at) if compare else []
    return Chart(
        interval=interval,
        points=points,
        before=_paired(points, before),
        until=now if points and period.is_unfinished(now) else None,
    )


def _begun(points: Sequence[Point], period: Period, now: datetime) -> list[Point]:
    today = local_day(now, period.time_zone)
    return [
        point
        for point in points
        if (point.at <= now if isinstance(point.at, datetime) else point.at <= today)
    ]


def _paired(
    points: Sequence[Bucket], before: Sequence[Bucket]
) -> Sequence[Bucket] | None:
    """Return the bucket before each point; None if nothing is known of any."""
    if all(earlier.scans is None for earlier in before):
        return None
    # A day on which the clocks change has 23 or 25 hours.
    pairs = zip_longest(points, before[: len(points)])
    return [earlier or Bucket(at=point.at) for point, earlier in pairs if point]


def _bucket(point: Point, time_zone: str) -> Bucket:
    if isinstance(point.at, datetime):
        at = f"{point.at.astimezone(zone(time_zone)):%Y-%m-%d %H:%M}"
    else:
        at = point.at.isoformat()
    return Bucket(at=at, **{name: point.figure(name) for name in METRICS})
