"""Net follows day by day, for the small drawing beside each row. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from wxchannels.ledger.days import local_day
from wxchannels.models import NO_CHANNEL, UNKNOWN_SCENE, Account
from wxchannels.reports.figures import RowFigures
from wxchannels.reports.periods import DAY, Period
from wxchannels.reports.series import by_day, daily_series

#: A drawing of a shorter period would be a dot.
SHORTEST = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class Trends:
    """The drawings of a page's rows."""

    period: Period
    rows: Mapping[int, Sequence[int | None]]
    #: Of the whole account. None where nothing is known of a day.
    total: Sequence[int | None]
    #: Of the channels asked for, if not all are.
    narrowed: Sequence[int | None]
    #: True while the last day is not over.
    is_unfinished: bool

    def of(self, row: RowFigures) -> Sequence[int | None]:
        """Return the trend of a row or of the whole account."""
        return self.total if row.row_id is None else self.rows[row.row_id]


def find_trends(
    session: Session,
    account: Account,
    days: Period,
    rows: Sequence[RowFigures],
    *,
    now: datetime,
    narrowed_to: Sequence[int] = (),
) -> Trends:
    """Return the trends of `rows`, of the account, and of what it is narrowed to."""
    ids = [row.row_id for row in rows if row.row_id is not None]
    shown = (*ids, NO_CHANNEL, UNKNOWN_SCENE)
    whole = daily_series(session, account, days, now=now)
    part = (
        daily_series(session, account, days, now=now, row_ids=narrowed_to)
        if narrowed_to
        else ()
    )
    found = by_day(session, account, days, row_ids=shown)

    def of_row(net: Mapping[date, int]) -> Sequence[int | None]:
        return [net.get(day.at, 0) if day.is_known else None for day in whole]

    return Trends(
        period=days,
        rows={row_id: of_row(found.get(row_id, {})) for row_id in shown},
        total=of_row({day.at: day.net_follows for day in whole}),
        narrowed=of_row({day.at: day.net_follows for day in part}),
        is_unfinished=days.is_unfinished(now),
    )


def trend_period(period: Period, now: datetime) -> Period:
    """Return the days of the small drawings: no future, and a week at least."""
    today = local_day(now, period.time_zone)
    end = max(min(period.end, today), period.start)
    return Period(min(period.start, end - SHORTEST), end, period.time_zone)


def thirty_days(period: Period, now: datetime) -> Period:
    """Return the 30 days up to the last one of `period` that has begun."""
    end = trend_period(period, now).end
    return Period(end - 29 * DAY, end, period.time_zone)
