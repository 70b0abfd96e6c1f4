"""The ledger, for programs."""

from dataclasses import asdict
from typing import Any

from flask import g

from wxchannels.channels.channels import get_channel
from wxchannels.extensions import db
from wxchannels.models import ROW_NAMES, EventClass, Kind
from wxchannels.reports import events
from wxchannels.reports.events import LoggedEvent
from wxchannels.reports.periods import Period
from wxchannels.web.api import shapes
from wxchannels.web.api.blueprint import ApiBlueprint

Query = dict[str, Any]

bp = ApiBlueprint("events", prefix="/events", read="events:read")


@bp.get("", takes=shapes.EventQuery, gives=shapes.EventPage)
def list_events(query: Query) -> dict[str, Any]:
    """List what WeChat told us, the newest first."""
    session, channel_id = db.session(), query.get("channel_id")
    if channel_id is not None:
        get_channel(session, g.account, channel_id)
    found = events.list_events(
        session,
        g.account,
        _period(query),
        row_id=channel_id,
        kind=Kind(query["kind"]) if "kind" in query else None,
        class_=EventClass(query["class_"]) if "class_" in query else None,
        page=query["page"],
        page_size=query["page_size"],
    )
    return {**vars(found), "items": [_describe(event) for event in found.items]}


def _period(query: Query) -> Period | None:
    if "start" not in query and "end" not in query:
        return None
    zone = g.account.time_zone
    return Period.parse(query["start"], query["end"], time_zone=zone)


def _describe(event: LoggedEvent) -> dict[str, Any]:
    row = ROW_NAMES.get(event.row_id, "channel")
    return {**asdict(event), "row": row, "channel_id": event.channel_id}
