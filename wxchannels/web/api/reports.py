"""The figures, for programs: the same as pages and exports show."""

from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels.channels import get_channel
from wxchannels.errors import N_
from wxchannels.extensions import db
from wxchannels.reports.figures import RowFigures
from wxchannels.reports.periods import Period
from wxchannels.reports.retention import (
    AFTER_DAYS,
    RetentionCohort,
    retention_report,
)
from wxchannels.reports.series import Point, daily_series, hourly_series
from wxchannels.reports.table import METRICS, OPENED, Asked, report_table
from wxchannels.web.api import report_shapes
from wxchannels.web.api.blueprint import ApiBlueprint
from wxchannels.web.api.fields import rfc3339

Query = dict[str, Any]

bp = ApiBlueprint("reports", prefix="/reports", read="reports:read")
NO_CHANNEL, UNKNOWN_SCENE = N_("No channel"), N_("Unknown scene")
TOTAL, NARROWED = N_("Total"), N_("Total of the channels shown")
#: What adds up over days.
FIGURES = report_shapes.Figures().fields


@bp.get("/channels", takes=report_shapes.ReportQuery, gives=report_shapes.ChannelReport)
def show_channels(query: Query) -> dict[str, Any]:
    """Compare the channels over the days from `start` to `end`, both included.

    `search` and `group` narrow the rows, which then have a total of their own; the
    three others stay the whole account's.
    """
    period, now = _period(query), clock.utcnow()
    asked = Asked(
        search=query["search"].strip(),
        group=query["group"],
        with_archived=True,
        sort=OPENED,
        compare=False,
    )
    table = report_table(db.session(), g.account, period, asked, now=now)
    report = table.report
    narrowed = {"narrowed_total": table.total} if table.total else {}
    return {
        "period": _describe_period(period, report.data_until),
        "rows": [_row(row, row.name) for row in table.rows],
        "no_channel": _row(report.no_channel, gettext(NO_CHANNEL)),
        "unknown_scene": _row(report.unknown_scene, gettext(UNKNOWN_SCENE)),
        "total": _row(report.total, gettext(TOTAL)),
        **{key: _row(row, gettext(NARROWED)) for key, row in narrowed.items()},
    }


@bp.get("/series", takes=report_shapes.SeriesQuery, gives=report_shapes.Series)
def show_series(query: Query) -> dict[str, Any]:
    """Give a point for every day or hour, of the account or of one channel."""
    period, interval = _period(query), query["interval"]
    series = hourly_series if interval == "hour" else daily_series
    channel_id = _channel_id(query)
    only = None if channel_id is None else [channel_id]
    now = clock.utcnow()
    points = series(db.session(), g.account, period, now=now, row_ids=only)
    return {
        "period": _describe_period(period, now),
        "interval": interval,
        "points": [_point(point) for point in points],
    }


@bp.get("/retention", takes=report_shapes.RetentionQuery, gives=report_shapes.Retention)
def show_retention(query: Query) -> dict[str, Any]:
    """Say of the people newly won on each day how many still follow later."""
    period, now = _period(query), clock.utcnow()
    cohorts = retention_report(
        db.session(), g.account, period, row_id=_channel_id(query), now=now
    )
    return {
        "period": _describe_period(period, now),
        "cohorts": [_cohort(cohort) for cohort in cohorts],
    }


def _channel_id(query: Query) -> int | None:
    """Return the channel asked for, if there is one and it is the account's."""
    channel_id: int | None = query.get("channel_id")
    if channel_id is not None:
        get_channel(db.session(), g.account, channel_id)
    return channel_id


def _cohort(cohort: RetentionCohort) -> dict[str, Any]:
    shares = {f"retention_{days}": cohort.share(days) for days in AFTER_DAYS}
    kept = {f"retained_{days}": cohort.retained[days] for days in AFTER_DAYS}
    return {
        "day": cohort.day,
        "unfinished": cohort.is_unfinished,
        "new_follows": cohort.new_follows,
        **kept,
        **shares,
    }


def _period(query: Query) -> Period:
    zone = g.account.time_zone
    return Period.parse(query["start"], query["end"], time_zone=zone)


def _describe_period(period: Period, data_until: datetime) -> dict[str, Any]:
    return {**vars(period), "data_until": data_until}


def _row(row: RowFigures, name: str) -> dict[str, Any]:
    is_channel = row.row_id is not None and row.row_id > 0
    figures = {figure: row.figure(figure) for figure in METRICS}
    return {"channel_id": row.row_id if is_channel else None, "name": name, **figures}


def _point(point: Point) -> dict[str, Any]:
    at = rfc3339(point.at) if isinstance(point.at, datetime) else point.at.isoformat()
    figures = {figure: point.figure(figure) for figure in FIGURES}
    return {"at": at, "unfinished": point.is_unfinished, **figures}
