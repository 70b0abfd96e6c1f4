"""The report: every channel's figures for a period, on the page and as a file."""

from datetime import datetime

from flask import Response, g, render_template, request
from flask_security import current_user

from wxchannels import clock
from wxchannels.channels.adoption import list_adopted
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.paging import parse_page
from wxchannels.people import policy
from wxchannels.people.policy import Action
from wxchannels.reports.chart import may_go_by_hour, parse_interval, parse_metric
from wxchannels.reports.page import ReportPage, report_page
from wxchannels.reports.periods import Period
from wxchannels.reports.table import DEFAULT_SORT, Asked, report_table
from wxchannels.reports.unknown_scenes import list_unknown_scenes
from wxchannels.web import report_file
from wxchannels.web.access import account_blueprint
from wxchannels.web.errors import sentence_of, status_of
from wxchannels.web.fragments import answer
from wxchannels.web.period_query import period_name, read_period

bp = account_blueprint("reports", __name__, prefix="", write=Action.MANAGE_CHANNELS)

PAGE, PART = "reports/show.html", "reports/_view.html"


@bp.get("/reports")
def show() -> Response:
    """Compare the channels over a period."""
    now = clock.utcnow()
    period = read_period(request.args, g.account, now=now)
    asked = read_asked()
    return answer(
        PAGE,
        PART,
        asked=asked,
        period=period,
        chosen=period_name(request.args, period, now),
        metric=parse_metric(request.args.get("metric", "")),
        view=_view(period, asked, now),
        may_go_by_hour=may_go_by_hour,
        now=now,
        data_until=now,
    )


@bp.get("/reports.csv")
def export() -> Response:
    """Give the same table as a file, all its pages."""
    now, asked = clock.utcnow(), read_asked()
    period = read_period(request.args, g.account, now=now)
    table = report_table(db.session(), g.account, period, asked, now=now)
    return report_file.report_csv(g.account, table)


@bp.get("/reports/unknown-scenes")
def show_unknown_scenes() -> str:
    """List the scenes that are no code of ours."""
    now, page = clock.utcnow(), parse_page(request.args.get("page", ""))
    period = read_period(request.args, g.account, now=now)
    return render_template(
        "reports/unknown_scenes.html",
        period=period,
        chosen=period_name(request.args, period, now),
        scenes=list_unknown_scenes(db.session(), g.account, period, page=page),
        adopted=list_adopted(db.session(), g.account),
        may_manage=policy.can(current_user, Action.MANAGE_CHANNELS, g.account),
        now=now,
        data_until=now,
    )


@bp.errorhandler(DomainError)
def explain(error: DomainError) -> Response:
    """Show the form again with what is wrong in it, as it was filled in."""
    return answer(
        PAGE,
        PART,
        status=status_of(error),
        refusal=sentence_of(error),
        refused_field=error.field,
        now=clock.utcnow(),
    )


def read_asked() -> Asked:
    """Return what the address asks to see of the report."""
    args = request.args
    return Asked(
        search=args.get("search", "").strip(),
        group=args.get("group", ""),
        with_archived=args.get("archived", "") == "1",
        sort=args.get("sort") or DEFAULT_SORT,
        compare=args.get("compare", "") != "none",
    )


def _view(period: Period, asked: Asked, now: datetime) -> ReportPage:
    return report_page(
        db.session(),
        g.account,
        period,
        asked,
        parse_interval(request.args.get("interval", ""), period),
        page=parse_page(request.args.get("page", "")),
        now=now,
    )
