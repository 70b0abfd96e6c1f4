"""Today at a glance: what came in, who brought it, whether all is well. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.models import Account, Channel, Follower
from wxchannels.reports.chart import Chart, Interval, period_chart
from wxchannels.reports.comparison import Earlier, add, earlier_figures
from wxchannels.reports.events import LoggedEvent, latest_events
from wxchannels.reports.figures import (
    Figures,
    RowFigures,
    channel_rows,
    sum_by_row,
)
from wxchannels.reports.health import Health, account_health
from wxchannels.reports.periods import Period
from wxchannels.reports.trends import Trends, find_trends, trend_period

FEED_LENGTH = 8
BEST = 10
#: A rate of fewer follows says more about chance than about the channel.
FEWEST_FOLLOWS = 10
RANGES = {"7d": 7, "30d": 30}
DEFAULT_RANGE = "30d"
RANKINGS = ("net_follows", "unfollow_rate")
SHOWN = 32


class BadRangeError(DomainError):
    """The overview looks back a week or a month."""

    sentence = N_("The overview shows “7d” or “30d”, not “%(name)s”.")
    field = "range"


class BadRankingError(DomainError):
    """Channels are ranked by two figures."""

    sentence = N_("Channels are not ranked by “%(name)s”.")
    field = "rank"


@dataclass(frozen=True, kw_only=True)
class OverviewAsked:
    """What somebody wants to see of the overview."""

    range: str = DEFAULT_RANGE
    rank: str = RANKINGS[0]

    def __post_init__(self) -> None:
        if self.range not in RANGES:
            raise BadRangeError(name=self.range[:SHOWN])
        if self.rank not in RANKINGS:
            raise BadRankingError(name=self.rank[:SHOWN])


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The first channels by one figure."""

    rows: Sequence[RowFigures]
    by: str
    trends: Trends

    def share(self, row: RowFigures) -> float:
        """Return the row's figure as a share of the first one's."""
        first = getattr(self.rows[0], self.by)
        return max(0.0, getattr(row, self.by) / first) if first > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Today:
    """What came in today, and what had come in by this hour yesterday."""

    figures: Figures
    earlier: Earlier | None

    @property
    def yesterday(self) -> Figures | None:
        """Yesterday up to the same hour, if all of it is known."""
        return self.earlier.total if self.earlier else None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All that the page shows."""

    period: Period
    today: Today
    chart: Chart
    ranking: Ranking
    channel_count: int
    feed: Sequence[LoggedEvent]
    health: Health


def overview(
    session: Session, account: Account, asked: OverviewAsked, *, now: datetime
) -> Overview:
    """Return today's figures and the last days' chart and ranking."""
    zone = account.time_zone
    period = Period.last_days(RANGES[asked.range], time_zone=zone, now=now)
    rows = channel_rows(session, account, period, now=now)
    return Overview(
        period=period,
        today=today_so_far(session, account, now=now),
        chart=period_chart(session, account, period, Interval.DAY, now=now),
        ranking=_ranking(session, account, period, rows, asked.rank, now=now),
        channel_count=sum(not row.is_archived for row in rows),
        feed=last_events(session, account),
        health=account_health(session, account, now=now),
    )


def today_so_far(session: Session, account: Account, *, now: datetime) -> Today:
    """Return today's figures: cheap enough to be asked for every few seconds."""
    today = Period.last_days(1, time_zone=account.time_zone, now=now)
    sums = sum_by_row(session, account, today).values()
    return Today(
        figures=add(*(Figures(**row) for row in sums)),
        earlier=earlier_figures(session, account, today, now=now),
    )


def has_channels(session: Session, account: Account) -> bool:
    """Say whether there is anything to scan yet."""
    query = select(Channel.id).where(Channel.account_id == account.id).limit(1)
    return session.scalar(query) is not None


def last_events(session: Session, account: Account) -> Sequence[LoggedEvent]:
    """Return what came in last, but for what testers do."""
    counted = (Follower.is_tester.is_(False),)
    return latest_events(session, account, counted, limit=FEED_LENGTH)


def _ranking(
    session: Session,
    account: Account,
    period: Period,
    rows: Sequence[RowFigures],
    by: str,
    *,
    now: datetime,
) -> Ranking:
    fit = [row for row in rows if _is_ranked(row, by)]
    fit.sort(key=lambda row: (-getattr(row, by), -row.won, row.spelling))
    best = fit[:BEST]
    days = trend_period(period, now)
    trends = find_trends(session, account, days, best, now=now)
    return Ranking(rows=best, by=by, trends=trends)


def _is_ranked(row: RowFigures, by: str) -> bool:
    if by == "unfollow_rate":
        return row.won >= FEWEST_FOLLOWS
    return bool(row.won or row.unfollows)
