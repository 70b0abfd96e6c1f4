"""The overview: today at a glance, and what happens right now."""

from flask import Response, g, render_template, request

from wxchannels import clock
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.people.policy import Action
from wxchannels.reports.chart import parse_metric
from wxchannels.reports.health import account_health
from wxchannels.reports.overview import (
    DEFAULT_RANGE,
    RANKINGS,
    OverviewAsked,
    has_channels,
    last_events,
    overview,
    today_so_far,
)
from wxchannels.web.access import account_blueprint
from wxchannels.web.errors import sentence_of, status_of
from wxchannels.web.fragments import answer

bp = account_blueprint(
    "overview", __name__, prefix="overview", write=Action.MANAGE_CHANNELS
)

#: The part of a page that has nothing to show before the first push.
WAITING = "waiting"
PAGE, PART = "overview/show.html", "overview/_view.html"


@bp.get("")
def show() -> Response:
    """Show today against yesterday, the last days, and who brought whom."""
    now = clock.utcnow()
    asked = OverviewAsked(
        range=request.args.get("range") or DEFAULT_RANGE,
        rank=request.args.get("rank") or RANKINGS[0],
    )
    return answer(
        PAGE,
        PART,
        asked=asked,
        metric=parse_metric(request.args.get("metric", "")),
        view=overview(db.session(), g.account, asked, now=now),
        has_channels=has_channels(db.session(), g.account),
        now=now,
        data_until=now,
    )


@bp.get("/feed")
def show_feed() -> Response:
    """Show what came in last and today so far, for the page that keeps asking."""
    session, now = db.session(), clock.utcnow()
    text = render_template(
        "overview/_now.html",
        feed=last_events(session, g.account),
        today=today_so_far(session, g.account, now=now),
        health=account_health(session, g.account, now=now),
        now=now,
        data_until=now,
        is_part=True,
    )
    response = Response(text)
    response.headers["Cache-Control"] = "no-store"
    if request.headers.get("HX-Trigger") == WAITING and g.account.first_push_at:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.errorhandler(DomainError)
def explain(error: DomainError) -> Response:
    """Say what in the address is not right."""
    return answer(
        PAGE,
        PART,
        status=status_of(error),
        refusal=sentence_of(error),
        now=clock.utcnow(),
    )
