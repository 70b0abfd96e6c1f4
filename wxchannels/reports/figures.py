"""The figures managers look at, per row of the report. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from wxchannels.ledger.counters import COLUMNS
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Account,
    Channel,
    ChannelGroup,
    ChannelState,
    DayCounter,
    Follower,
    ScanEvent,
)
from wxchannels.reports.cohorts import Cohort, cohort_by_row, people_count
from wxchannels.reports.conditions import is_counted, is_scan
from wxchannels.reports.contact import could_know, known_since
from wxchannels.reports.periods import Period

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What came in over a stretch of time. All of it adds up over days."""

    scans: int = 0
    new_follows: int = 0
    refollows: int = 0
    follower_scans: int = 0
    unfollows: int = 0

    @property
    def net_follows(self) -> int:
        """How many more follow now than before, by what WeChat told us."""
        return self.new_follows + self.refollows - self.unfollows

    @property
    def is_empty(self) -> bool:
        """Say whether nothing came in."""
        return not any(getattr(self, column) for column in COLUMNS)


@dataclass(frozen=True, kw_only=True)
class ShownFigures(Figures):
    """Figures that know whether their zeros say anything."""

    #: False before the first contact, and in what is to come.
    is_known: bool = True

    def figure(self, metric: str) -> Any:  # noqa: ANN401 - a number, a share or None
        """Return the figure as it is shown: None where nothing is known of it."""
        if self.is_known or metric == "followers_now":
            return getattr(self, metric)
        return None


@dataclass(frozen=True, kw_only=True)
class RowFigures(ShownFigures):
    """One row of the report: a channel, one of the two other rows, or the total."""

    #: The channel's id, `NO_CHANNEL`, `UNKNOWN_SCENE`, or None for a total.
    row_id: int | None
    #: The channel's name; empty on the other rows, as are the next three.
    name: str = ""
    #: How the name sorts.
    spelling: str = ""
    #: The path of the channel's group.
    group: str = ""
    is_archived: bool = False
    #: Distinct people behind `scans` in exactly this period. Does not add up. None
    #: where nobody asked: they are counted in the ledger.
    scanners: int | None = None
    #: As of `data_until`, whatever the period.
    followers_now: int = 0
    #: The follows won in the period, and those of them that have ended since.
    won: int = 0
    ended: int = 0

    @property
    def unfollow_rate(self) -> float | None:
        """The share of the follows won in the period that has ended since."""
        return self.ended / self.won if self.won else None

    @property
    def is_blank(self) -> bool:
        """Say whether there is nothing to report."""
        return self.is_empty and not self.followers_now


@dataclass(frozen=True, kw_only=True)
class ChannelReport:
    """The report of all rows. Channels, no channel and unknown scene make the total."""

    period: Period
    data_until: datetime
    rows: Sequence[RowFigures]
    no_channel: RowFigures
    unknown_scene: RowFigures
    total: RowFigures


def channel_report(
    session: Session, account: Account, period: Period, *, now: datetime
) -> ChannelReport:
    """Return every channel's figures for `period`, in the order they were opened.

    Channels that nobody scanned are listed too: a zero is an answer.
    """
    scanners = scanners_by_row(session, account, period)
    rows = _rows(session, account, period, scanners, now=now)
    people = people_count(session, account, period)
    return ChannelReport(
        period=period,
        data_until=now,
        rows=rows[:-2],
        no_channel=rows[-2],
        unknown_scene=rows[-1],
        total=total_of(rows, scanners=people, is_known=rows[-1].is_known),
    )


def channel_rows(
    session: Session,
    account: Account,
    period: Period,
    *,
    now: datetime,
    with_scanners: bool = False,
) -> Sequence[RowFigures]:
    """Return the channels' rows of the report, without what only totals need."""
    scanners = scanners_by_row(session, account, period) if with_scanners else None
    return _rows(session, account, period, scanners, now=now)[:-2]


def _rows(
    session: Session,
    account: Account,
    period: Period,
    scanners: Mapping[int, int] | None,
    *,
    now: datetime,
) -> list[RowFigures]:
    """Return a row for each channel, and last the two that are none."""
    sums = sum_by_row(session, account, period)
    since = known_since(session, account, period)
    is_known = bool(sums) or could_know(since, period, now)
    followers = followers_by_row(session, account)
    cohorts = cohort_by_row(session, account, period, now=now)
    channels = _channels(session, account)

    def row(row_id: int) -> RowFigures:
        cohort = cohorts.get(row_id, Cohort())
        found: dict[str, Any] = {**channels.get(row_id, {}), **sums.get(row_id, {})}
        return RowFigures(
            row_id=row_id,
            is_known=is_known,
            scanners=None if scanners is None else scanners.get(row_id, 0),
            followers_now=followers.get(row_id, 0),
            won=cohort.won,
            ended=cohort.ended,
            **found,
        )

    return [row(row_id) for row_id in (*channels, NO_CHANNEL, UNKNOWN_SCENE)]


def total_of(
    rows: Collection[RowFigures], *, scanners: int, is_known: bool
) -> RowFigures:
    """Return the total of `rows`; their distinct people must be counted apart."""
    adding = (*COLUMNS, "followers_now", "won", "ended")
    sums = {name: sum(getattr(row, name) for row in rows) for name in adding}
    return RowFigures(row_id=None, scanners=scanners, is_known=is_known, **sums)


def sum_by_row(
    session: Session,
    account: Account,
    period: Period,
    *,
    row_ids: Collection[int] | None = None,
) -> dict[int, dict[str, int]]:
    """Return the sums of the day counters over `period`, by row and column."""
    return sum_by(session, account, period, DayCounter.row_id, row_ids=row_ids)


def sum_by(
    session: Session,
    account: Account,
    period: Period,
    key: InstrumentedAttribute[Key],
    *,
    row_ids: Collection[int] | None = None,
) -> dict[Key, dict[str, int]]:
    """Return the sums of the day counters over `period`, by `key` and column."""
    sums = [func.sum(getattr(DayCounter, name)) for name in COLUMNS]
    query = (
        select(key, *sums)
        .where(
            DayCounter.account_id == account.id,
            DayCounter.day.between(period.start, period.end),
        )
        .group_by(key)
    )
    if row_ids is not None:
        query = query.where(DayCounter.row_id.in_(row_ids))
    return {
        row[0]: {name: int(n) for name, n in zip(COLUMNS, row[1:], strict=True)}
        for row in session.execute(query)
    }


def scanners_by_row(
    session: Session, account: Account, period: Period
) -> Mapping[int, int]:
    """Return the distinct people behind the scans of each row."""
    query = (
        select(ScanEvent.row_id, func.count(ScanEvent.follower_id.distinct()))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*is_counted(account, period), is_scan())
        .group_by(ScanEvent.row_id)
    )
    return dict(session.execute(query).all())


def followers_by_row(session: Session, account: Account) -> Mapping[int, int]:
    """Return how many people follow now, by the row that won their follow."""
    query = (
        select(Follower.row_id, func.count())
        .where(
            Follower.account_id == account.id,
            Follower.following.is_(True),
            Follower.is_tester.is_(False),
        )
        .group_by(Follower.row_id)
    )
    return defaultdict(int, session.execute(query).all())


def _channels(session: Session, account: Account) -> dict[int, dict[str, Any]]:
    """Return what the report says of each channel besides figures, by its id."""
    query = (
        select(
            Channel.id,
            Channel.name,
            Channel.pinyin,
            Channel.state == ChannelState.ARCHIVED,
            func.coalesce(ChannelGroup.path, ""),
        )
        .outerjoin(ChannelGroup, ChannelGroup.id == Channel.group_id)
        .where(Channel.account_id == account.id)
        .order_by(Channel.id)
    )
    return {
        channel_id: {
            "name": name,
            "spelling": pinyin or name.casefold(),
            "is_archived": bool(archived),
            "group": group,
        }
        for channel_id, name, pinyin, archived, group in session.execute(query)
    }
