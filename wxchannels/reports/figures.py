"""The figures managers look at, per row of the report. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from wxchannels.ledger.counters import COLUMNS
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Account,
    Channel,
    DayCounter,
    Follower,
    Kind,
    ScanEvent,
)
from wxchannels.reports.periods import Period


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


@dataclass(frozen=True, kw_only=True)
class RowFigures(Figures):
    """One row of the report: a channel, one of the two other rows, or the total."""

    #: The channel's id, `NO_CHANNEL`, `UNKNOWN_SCENE`, or None for the total.
    row_id: int | None
    #: The channel's name; empty on the other rows.
    name: str = ""
    #: Distinct people behind `scans` in exactly this period. Does not add up.
    scanners: int = 0
    #: As of `data_until`, whatever the period.
    followers_now: int = 0


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
    sums = sum_by_row(session, account, period)
    scanners = scanners_by_row(session, account, period)
    followers = followers_by_row(session, account)
    names = _channel_names(session, account)

    def row(row_id: int) -> RowFigures:
        return RowFigures(
            row_id=row_id,
            name=names.get(row_id, ""),
            scanners=scanners.get(row_id, 0),
            followers_now=followers.get(row_id, 0),
            **sums.get(row_id, {}),
        )

    totals = [*sums.values()]
    return ChannelReport(
        period=period,
        data_until=now,
        rows=[row(channel_id) for channel_id in names],
        no_channel=row(NO_CHANNEL),
        unknown_scene=row(UNKNOWN_SCENE),
        total=RowFigures(
            row_id=None,
            scanners=scanner_count(session, account, period),
            followers_now=sum(followers.values()),
            **{name: sum(each[name] for each in totals) for name in COLUMNS},
        ),
    )


def sum_by_row(
    session: Session, account: Account, period: Period
) -> dict[int, dict[str, int]]:
    """Return the sums of the day counters over `period`, by row and column."""
    sums = [func.sum(getattr(DayCounter, name)) for name in COLUMNS]
    query = (
        select(DayCounter.row_id, *sums)
        .where(
            DayCounter.account_id == account.id,
            DayCounter.day.between(period.start, period.end),
        )
        .group_by(DayCounter.row_id)
    )
    return {
        row[0]: {name: int(n) for name, n in zip(COLUMNS, row[1:], strict=True)}
        for row in session.execute(query)
    }


def is_scan() -> ColumnElement[bool]:
    """Return the condition that a push is one of `scans`."""
    by_code = and_(ScanEvent.kind == Kind.FOLLOW, ScanEvent.row_id != NO_CHANNEL)
    return or_(ScanEvent.kind == Kind.SCAN, by_code)


def scanners_by_row(
    session: Session, account: Account, period: Period
) -> Mapping[int, int]:
    """Return the distinct people behind the scans of each row."""
    query = (
        select(ScanEvent.row_id, func.count(ScanEvent.follower_id.distinct()))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(
            ScanEvent.account_id == account.id,
            ScanEvent.day.between(period.start, period.end),
            Follower.is_tester.is_(False),
            is_scan(),
        )
        .group_by(ScanEvent.row_id)
    )
    return {row_id: people for row_id, people in session.execute(query)}  # noqa: C416


def scanner_count(session: Session, account: Account, period: Period) -> int:
    """Return the distinct people behind all scans of the account."""
    query = (
        select(func.count(ScanEvent.follower_id.distinct()))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(
            ScanEvent.account_id == account.id,
            ScanEvent.day.between(period.start, period.end),
            Follower.is_tester.is_(False),
            is_scan(),
        )
    )
    return session.scalar(query) or 0


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
    return defaultdict(int, {row_id: n for row_id, n in session.execute(query)})  # noqa: C416


def _channel_names(session: Session, account: Account) -> dict[int, str]:
    query = (
        select(Channel.id, Channel.name)
        .where(Channel.account_id == account.id)
        .order_by(Channel.id)
    )
    return {channel_id: name for channel_id, name in session.execute(query)}  # noqa: C416
