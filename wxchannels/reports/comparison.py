"""The same stretch of time before, up to the hour that this one has reached."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.ledger.counters import COLUMNS
from wxchannels.ledger.days import local_day
from wxchannels.models import Account, Follower, ScanEvent
from wxchannels.reports.conditions import counted_columns, is_counted
from wxchannels.reports.contact import known_since
from wxchannels.reports.figures import Figures, sum_by_row
from wxchannels.reports.periods import DAY, Period


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What came in during the period before."""

    period: Period
    #: The figures stop here: where the period before was as far as this one is now.
    until: datetime
    rows: Mapping[int, Figures]

    def of(self, row_id: int) -> Figures:
        """Return the figures of one row."""
        return self.rows.get(row_id, Figures())

    @property
    def total(self) -> Figures:
        """The figures of the whole account."""
        return add(*self.rows.values())

    def is_cut(self) -> bool:
        """Say whether the period before is counted in part only."""
        return self.until < self.period.ends_at


def add(*figures: Figures) -> Figures:
    """Return the sum of what adds up."""
    return Figures(**{c: sum(getattr(each, c) for each in figures) for c in COLUMNS})


def earlier_figures(
    session: Session,
    account: Account,
    period: Period,
    *,
    now: datetime,
    row_ids: Collection[int] | None = None,
) -> Earlier | None:
    """Return every row's figures in the period before `period`, or some rows'.

    None where there is nothing to compare with: the period is still to come, or
    WeChat could not reach us in all of the time before. A part of it known is no
    comparison, and the account decides, not the rows.
    """
    before, until = period.before, period.moment_before(now)
    since = known_since(session, account, before)
    if since is None or since > before.begins_at or now < period.begins_at:
        return None
    last = local_day(until, period.time_zone)
    rows: dict[int, Figures] = {}
    day = Period(last, last, period.time_zone)
    for part in (
        _whole_days(session, account, before, until, row_ids),
        _part_of_a_day(session, account, day, until, row_ids),
    ):
        for row_id, figures in part.items():
            rows[row_id] = add(rows.get(row_id, Figures()), Figures(**figures))
    return Earlier(period=before, until=until, rows=rows)


def _whole_days(
    session: Session,
    account: Account,
    before: Period,
    until: datetime,
    row_ids: Collection[int] | None,
) -> dict[int, dict[str, int]]:
    """Return the sums of the days that were over by `until`, from the counters."""
    end = min(before.end, local_day(until, before.time_zone) - DAY)
    if end < before.start:
        return {}
    whole = Period(before.start, end, before.time_zone)
    return sum_by_row(session, account, whole, row_ids=row_ids)


def _part_of_a_day(
    session: Session,
    account: Account,
    day: Period,
    until: datetime,
    row_ids: Collection[int] | None,
) -> dict[int, dict[str, int]]:
    """Return the sums of `day` up to `until`, from the ledger."""
    query = (
        select(ScanEvent.row_id, *counted_columns())
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*is_counted(account, day), ScanEvent.happened_at < until)
        .group_by(ScanEvent.row_id)
    )
    if row_ids is not None:
        query = query.where(ScanEvent.row_id.in_(row_ids))
    return {
        row_id: dict(zip(COLUMNS, map(int, sums), strict=True))
        for row_id, *sums in session.execute(query)
    }
