"""What a channel's own page says of its figures. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.models import Account, Follower, ScanEvent
from wxchannels.reports.chart import Chart, parse_interval, period_chart
from wxchannels.reports.comparison import Earlier, earlier_figures
from wxchannels.reports.contact import could_know, known_since
from wxchannels.reports.events import LoggedEvent, latest_events
from wxchannels.reports.figures import Figures, ShownFigures, sum_by_row
from wxchannels.reports.periods import Period

LAST_EVENTS = 8


@dataclass(frozen=True, kw_only=True)
class RowSummary:
    """A row of the report by itself: its figures, its chart, its last events."""

    row_id: int
    period: Period
    figures: ShownFigures
    earlier: Earlier | None
    #: People who follow now and whose current follow the row won.
    followers_now: int
    chart: Chart
    #: Of all times, the newest first.
    events: Sequence[LoggedEvent]

    @property
    def before(self) -> Figures | None:
        """The figures of the period before, up to the same hour, if any are known."""
        return self.earlier.of(self.row_id) if self.earlier else None


def row_summary(
    session: Session, account: Account, row_id: int, period: Period, *, now: datetime
) -> RowSummary:
    """Return what the page of one row shows for `period`."""
    only, here = (row_id,), ScanEvent.row_id == row_id
    sums = sum_by_row(session, account, period, row_ids=only).get(row_id, {})
    since = known_since(session, account, period)
    interval = parse_interval("", period)
    return RowSummary(
        row_id=row_id,
        period=period,
        figures=ShownFigures(
            is_known=bool(sums) or could_know(since, period, now), **sums
        ),
        earlier=earlier_figures(session, account, period, now=now, row_ids=only),
        followers_now=_followers_now(session, account, row_id),
        chart=period_chart(session, account, period, interval, now=now, row_ids=only),
        events=latest_events(session, account, (here,), limit=LAST_EVENTS),
    )


def _followers_now(session: Session, account: Account, row_id: int) -> int:
    query = select(func.count(Follower.id)).where(
        Follower.account_id == account.id,
        Follower.following.is_(True),
        Follower.row_id == row_id,
        Follower.is_tester.is_(False),
    )
    return session.scalar(query) or 0
