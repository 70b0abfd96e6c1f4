"""The report as a page: the table with all that stands around it. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.channels.groups import group_paths
from wxchannels.models import Account, Follower, ScanEvent
from wxchannels.reports.chart import Chart, Interval, period_chart
from wxchannels.reports.figures import RowFigures
from wxchannels.reports.periods import Period
from wxchannels.reports.table import Asked, ReportTable, report_table
from wxchannels.reports.trends import Trends, find_trends, trend_period
from wxchannels.reports.unknown_scenes import scene_count


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    """All that the page of the report shows."""

    table: ReportTable
    number: int
    rows: Sequence[RowFigures]
    chart: Chart
    trends: Trends
    #: The paths of all groups.
    groups: Sequence[str]
    #: Events of testers in the period, which count nowhere.
    tester_events: int
    unknown_scenes: int


def report_page(
    session: Session,
    account: Account,
    period: Period,
    asked: Asked,
    interval: Interval,
    *,
    page: int,
    now: datetime,
) -> ReportPage:
    """Return the page of the report as `asked` for."""
    table = report_table(session, account, period, asked, now=now)
    number, rows = table.page(page)
    ids = table.row_ids if asked.is_narrowed else None
    return ReportPage(
        table=table,
        number=number,
        rows=rows,
        chart=period_chart(
            session,
            account,
            period,
            interval,
            now=now,
            row_ids=ids,
            compare=asked.compare,
        ),
        trends=find_trends(
            session,
            account,
            trend_period(period, now),
            rows,
            now=now,
            narrowed_to=ids or (),
        ),
        groups=group_paths(session, account),
        tester_events=_tester_events(session, account, period),
        unknown_scenes=scene_count(session, account, period),
    )


def _tester_events(session: Session, account: Account, period: Period) -> int:
    query = (
        select(func.count(ScanEvent.id))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(
            ScanEvent.account_id == account.id,
            ScanEvent.day.between(period.start, period.end),
            Follower.is_tester.is_(True),
        )
    )
    return session.scalar(query) or 0
