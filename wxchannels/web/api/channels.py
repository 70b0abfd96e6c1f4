"""Channels, for programs."""

from contextlib import suppress
from typing import Any

from flask import g

from wxchannels import clock
from wxchannels.channels import channels, search
from wxchannels.channels.fields import ChannelFields
from wxchannels.channels.groups import BadGroupPathError, clean_path
from wxchannels.extensions import db
from wxchannels.models import Channel
from wxchannels.paging import Page
from wxchannels.web.api import keys, shapes
from wxchannels.web.api.blueprint import ApiBlueprint

Query = dict[str, Any]

bp = ApiBlueprint(
    "channels", prefix="/channels", read="channels:read", write="channels:write"
)


@bp.get("", takes=shapes.ChannelQuery, gives=shapes.ChannelPage)
def list_channels(query: Query) -> Page[Channel]:
    """List channels, the newest first."""
    filters = search.Filters(
        search=query["search"],
        group=_group(query["group"]),
        tag=query["tag"],
        state=search.parse_state(query.get("state", "")),
    )
    asked = {name: query[name] for name in ("sort", "page", "page_size")}
    now = clock.utcnow()
    found = search.list_channels(db.session(), g.account, filters, now=now, **asked)
    if found.page == query["page"]:
        return found
    # Pages show the last page instead; a program would read it for ever.
    return Page([], query["page"], found.page_size, found.total)


@bp.post("", takes=shapes.NewChannel, gives=shapes.Channel)
def open_channel(fields: ChannelFields) -> Channel:
    """Open a channel."""
    session, now = db.session(), clock.utcnow()
    channel = channels.open_channel(session, g.account, _without_null(fields), at=now)
    keys.note("channel.open", channel.id, at=now)
    session.commit()
    return channel


@bp.get("/<int:channel_id>", gives=shapes.Channel)
def show_channel(channel_id: int) -> Channel:
    """Show a channel."""
    return channels.get_channel(db.session(), g.account, channel_id)


@bp.patch("/<int:channel_id>", takes=shapes.ChannelChanges, gives=shapes.Channel)
def edit_channel(fields: ChannelFields, channel_id: int) -> Channel:
    """Change what the body names; null clears."""
    session = db.session()
    channel = channels.get_channel(session, g.account, channel_id)
    channels.edit_channel(session, channel, _without_null(fields))
    keys.note("channel.edit", channel.id, at=clock.utcnow())
    session.commit()
    return channel


@bp.post("/<int:channel_id>/archive", gives=shapes.Channel, status=200)
def archive_channel(channel_id: int) -> Channel:
    """Put a channel away: its name is free, its codes still count."""
    session, now = db.session(), clock.utcnow()
    channel = channels.get_channel(session, g.account, channel_id)
    channels.archive_channel(channel, at=now)
    keys.note("channel.archive", channel.id, at=now)
    session.commit()
    return channel


def _group(text: str) -> str:
    """Return the path as stored; a slash alone means channels without a group."""
    if text == search.NO_GROUP:
        return text
    # What can be no group's path is no group's: that is no mistake.
    with suppress(BadGroupPathError):
        return clean_path(text)
    return text


def _without_null(fields: ChannelFields) -> ChannelFields:
    """Return what `fields` say, null said as the column has it."""
    cleared = fields.copy()
    if "tags" in fields:
        cleared["tags"] = fields["tags"] or []
    if "remark" in fields:
        cleared["remark"] = fields["remark"] or ""
    return cleared
