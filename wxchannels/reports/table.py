"""The table of the report: which rows are asked for, in which order. Reads only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.channels.search import Filters, list_ids
from wxchannels.errors import N_, DomainError
from wxchannels.models import Account
from wxchannels.paging import clip
from wxchannels.reports.cohorts import people_count
from wxchannels.reports.comparison import Earlier, add, earlier_figures
from wxchannels.reports.figures import (
    ChannelReport,
    Figures,
    RowFigures,
    channel_report,
    total_of,
)
from wxchannels.reports.periods import Period

PAGE_SIZE = 100
DEFAULT_SORT = "-net_follows"
NAME, CHANGE, OPENED = "name", "change", "created_at"
METRICS = (
    "scans",
    "scanners",
    "new_follows",
    "refollows",
    "follower_scans",
    "unfollows",
    "net_follows",
    "followers_now",
    "unfollow_rate",
)
#: How much of a mistyped order is said back.
SORT_SHOWN = 32


class BadSortError(DomainError):
    """A report is sorted by what it shows, and by nothing else."""

    sentence = N_("The report cannot be sorted by “%(sort)s”.")
    field = "sort"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants to see of the report."""

    search: str = ""
    #: The path of a group: it and everything below.
    group: str = ""
    #: Archived channels with nothing to report too.
    with_archived: bool = False
    sort: str = DEFAULT_SORT
    compare: bool = True

    def __post_init__(self) -> None:
        if self.sort.removeprefix("-") not in (NAME, CHANGE, OPENED, *METRICS):
            raise BadSortError(sort=self.sort[:SORT_SHOWN])

    @property
    def is_narrowed(self) -> bool:
        """Say whether only some of the channels are asked for."""
        return bool(self.search or self.group)


@dataclass(frozen=True, kw_only=True)
class ReportTable:
    """The report as asked for: the channels in order, with their totals."""

    report: ChannelReport
    earlier: Earlier | None
    rows: Sequence[RowFigures]
    #: The ids of the channels asked for, those that are left out too.
    row_ids: Sequence[int]
    #: Of the channels asked for, if not all are.
    total: RowFigures | None

    @property
    def hidden(self) -> int:
        """How many archived channels with nothing to report are left out."""
        return len(self.row_ids) - len(self.rows)

    def before(self, row: RowFigures) -> Figures | None:
        """Return the row's figures in the period before, if that is compared with."""
        if self.earlier is None:
            return None
        if row is self.total:
            return add(*(self.earlier.of(row_id) for row_id in self.row_ids))
        if row.row_id is None:
            return self.earlier.total
        return self.earlier.of(row.row_id)

    def page(self, number: int) -> tuple[int, Sequence[RowFigures]]:
        """Return a page of the rows and its number, the last one at most."""
        number = clip(number, PAGE_SIZE, len(self.rows))
        return number, self.rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]


def report_table(
    session: Session, account: Account, period: Period, asked: Asked, *, now: datetime
) -> ReportTable:
    """Return the report of `period` as `asked` for."""
    report = channel_report(session, account, period, now=now)
    rows = _narrowed(session, account, report.rows, asked, now=now)
    shown = [row for row in rows if asked.with_archived or not _is_hidden(row)]
    table = ReportTable(
        report=report,
        earlier=earlier_figures(session, account, period, now=now)
        if asked.compare
        else None,
        rows=shown,
        row_ids=[row.row_id for row in rows if row.row_id is not None],
        total=_total(session, account, report, rows) if asked.is_narrowed else None,
    )
    return replace(table, rows=_sorted(table, asked.sort))


def _is_hidden(row: RowFigures) -> bool:
    return row.is_archived and row.is_blank


def _narrowed(
    session: Session,
    account: Account,
    rows: Sequence[RowFigures],
    asked: Asked,
    *,
    now: datetime,
) -> Sequence[RowFigures]:
    if not asked.is_narrowed:
        return rows
    filters = Filters(search=asked.search, group=asked.group, with_archived=True)
    wanted = set(list_ids(session, account, filters, now=now))
    return [row for row in rows if row.row_id in wanted]


def _total(
    session: Session,
    account: Account,
    report: ChannelReport,
    rows: Sequence[RowFigures],
) -> RowFigures:
    ids = {row.row_id for row in rows if row.row_id is not None}
    people = people_count(session, account, report.period, row_ids=ids)
    return total_of(rows, scanners=people, is_known=report.total.is_known)


def _sorted(table: ReportTable, sort: str) -> Sequence[RowFigures]:
    """Return the rows in order; those without the figure last, either way round."""
    falling, key = sort.startswith("-"), sort.removeprefix("-")
    if key == OPENED:
        return table.rows[::-1] if falling else table.rows
    by_name = sorted(table.rows, key=lambda row: (row.spelling, row.name))
    if key == NAME:
        return by_name[::-1] if falling else by_name
    value = _value(table, key)
    known = [row for row in by_name if value(row) is not None]
    known.sort(key=lambda row: value(row) or 0, reverse=falling)
    return known + [row for row in by_name if value(row) is None]


def _value(table: ReportTable, key: str) -> Callable[[RowFigures], float | None]:
    def change(row: RowFigures) -> float | None:
        before = table.before(row)
        return None if before is None else row.net_follows - before.net_follows

    def figure(row: RowFigures) -> float | None:
        value: float | None = getattr(row, key)
        return value

    return change if key == CHANGE else figure
