"""Net follows day by day, for the small drawing beside each row. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from wxchannels.ledger.days import local_day
from wxchannels.models import NO_CHANNEL, UNKNOWN_SCENE, Account
from wxchannels.reports.figures import RowFigures
from wxchannels.reports.periods import Period
from wxchannels.reports.series import by_day, daily_series

#: A drawing of a shorter period would be a dot.
SHORTEST = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class Trends:
    """The drawings of a page's rows."""

    period: Period
    rows: Mapping[int, Sequence[int]]
    #: Of the whole account.
    total: Sequence[int]
    #: Of the channels asked for, if not all are.
    narrowed: Sequence[int]
    #: True while the last day is not over.
    is_unfinished: bool

    def of(self, row: RowFigures) -> Sequence[int]:
        """Return the trend of a row or of the whole account."""
        if row.row_id is None:
            return self.total
        return self.rows.get(row.row_id) or [0] * self.period.day_count


def find_trends(
    session: Session,
    account: Account,
    period: Period,
    rows: Sequence[RowFigures],
    *,
    now: datetime,
    narrowed_to: Sequence[int] = (),
) -> Trends:
    """Return the trends of `rows`, of the account, and of what it is narrowed to."""
    days = trend_period(period, now)
    ids = [row.row_id for row in rows if row.row_id is not None]
    shown = (*ids, NO_CHANNEL, UNKNOWN_SCENE)

    def net(row_ids: Sequence[int] | None) -> Sequence[int]:
        points = daily_series(session, account, days, row_ids=row_ids)
        return [point.net_follows for point in points]

    return Trends(
        period=days,
        rows=by_day(session, account, days, "net_follows", row_ids=shown),
        total=net(None),
        narrowed=net(narrowed_to) if narrowed_to else (),
        is_unfinished=days.is_unfinished(now),
    )


def trend_period(period: Period, now: datetime) -> Period:
    """Return the days of the small drawings: no future, and a week at least."""
    today = local_day(now, period.time_zone)
    end = max(min(period.end, today), period.start)
    return Period(min(period.start, end - SHORTEST), end, period.time_zone)
