"""The event log: what WeChat told us, and what lies behind each figure."""

from collections.abc import Collection
from datetime import datetime

from flask import Response, g, request
from flask_security import current_user

from wxchannels import clock
from wxchannels.channels.groups import group_paths
from wxchannels.channels.search import Filters, list_ids
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.paging import parse_page
from wxchannels.people import policy
from wxchannels.people.policy import Action
from wxchannels.reports.event_filters import (
    FIGURES,
    EventsAsked,
    parse_person,
    parse_row,
)
from wxchannels.reports.event_log import event_log
from wxchannels.web import event_file
from wxchannels.web.access import account_blueprint
from wxchannels.web.errors import sentence_of, status_of
from wxchannels.web.fragments import answer
from wxchannels.web.period_query import period_name, read_any_period

bp = account_blueprint("events", __name__, prefix="", write=Action.MANAGE_CHANNELS)

PAGE, PART = "events/index.html", "events/_view.html"


@bp.get("/events")
def index() -> Response:
    """List the events asked for, the newest first."""
    now = clock.utcnow()
    asked, page = read_asked(now), parse_page(request.args.get("page", ""))
    return answer(
        PAGE,
        PART,
        asked=asked,
        period=asked.period,
        chosen=period_name(request.args, asked.period, now),
        figures=FIGURES,
        groups=group_paths(db.session(), g.account),
        log=event_log(db.session(), g.account, asked, page=page, now=now),
        may_manage=policy.can(current_user, Action.MANAGE_CHANNELS, g.account),
        now=now,
        data_until=now,
    )


@bp.get("/events.csv")
def export() -> Response:
    """Give all events asked for as a file."""
    now = clock.utcnow()
    return event_file.events_csv(db.session(), g.account, read_asked(now), now=now)


@bp.errorhandler(DomainError)
def explain(error: DomainError) -> Response:
    """Show the form again with what is wrong in it, as it was filled in."""
    return answer(
        PAGE,
        PART,
        status=status_of(error),
        refusal=sentence_of(error),
        refused_field=error.field,
        figures=FIGURES,
        groups=group_paths(db.session(), g.account),
        now=clock.utcnow(),
    )


def read_asked(now: datetime) -> EventsAsked:
    """Return which events the address asks for."""
    args = request.args
    return EventsAsked(
        period=read_any_period(args, g.account, now=now),
        row_id=parse_row(db.session(), g.account, args.get("row", "")),
        row_ids=_found_channels(now),
        figure=args.get("figure", ""),
        scene=args.get("scene") or None,
        follower_id=parse_person(args.get("person", "")),
        with_testers=args.get("testers") == "1",
    )


def _found_channels(now: datetime) -> Collection[int] | None:
    search, group = request.args.get("search", ""), request.args.get("group", "")
    if not search.strip() and not group:
        return None
    filters = Filters(search=search.strip(), group=group, with_archived=True)
    return list_ids(db.session(), g.account, filters, now=now)
