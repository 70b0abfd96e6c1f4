"""What can be done to one channel or many at once, and what takes it back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g
from flask_babel import ngettext

from wxchannels.channels import channels
from wxchannels.channels.channels import tag_names
from wxchannels.channels.fields import check_tags
from wxchannels.extensions import db
from wxchannels.models import Channel
from wxchannels.web.audit import note

Chosen = Sequence[Channel]
#: What a form says beside the channels: tags, or the path of a group.
Values = Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """What was done in words, and the act that takes it back, if there is one."""

    sentence: str
    undo: dict[str, object] | None = None


def archive(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Put the channels away."""
    del values
    for channel in chosen:
        channels.archive_channel(channel, at=at)
        note("channel.archive", channel.id, at=at)
    count = len(chosen)
    said = ngettext(
        "%(num)d channel is archived.", "%(num)d channels are archived.", count
    )
    return Done(said, {"do": "restore"})


def restore(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Take the channels out of the archive."""
    del values
    for channel in chosen:
        channels.restore_channel(db.session(), channel)
        note("channel.restore", channel.id, at=at)
    count = len(chosen)
    said = ngettext("%(num)d channel is back.", "%(num)d channels are back.", count)
    return Done(said, {"do": "archive"})


def disable(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Have scans answered with the account's default; they still count."""
    del values
    for channel in chosen:
        channels.disable_channel(channel)
        note("channel.disable", channel.id, at=at)
    said = ngettext(
        "%(num)d channel is disabled. Its scans still count.",
        "%(num)d channels are disabled. Their scans still count.",
        len(chosen),
    )
    return Done(said, {"do": "enable"})


def enable(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Have scans answered by the channels again."""
    del values
    for channel in chosen:
        channels.enable_channel(channel)
        note("channel.enable", channel.id, at=at)
    count = len(chosen)
    said = ngettext(
        "%(num)d channel is enabled.", "%(num)d channels are enabled.", count
    )
    return Done(said, {"do": "disable"})


def tag(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Stick tags on the channels."""
    tags = check_tags(values.get("tags", ""))
    # Taking it back must not take off what was there before.
    bare = [one.id for one in chosen if not set(tags) & set(tag_names(one))]
    channels.tag_channels(db.session(), chosen, tags)
    for channel in chosen:
        note("channel.tag", channel.id, at=at, tags=tags)
    count = len(chosen)
    said = ngettext(
        "%(num)d channel has the tags.", "%(num)d channels have the tags.", count
    )
    undo: dict[str, object] = {"do": "untag", "tags": ",".join(tags), "id": bare}
    return Done(said, undo if bare and tags else None)


def untag(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Take tags off the channels."""
    tags = check_tags(values.get("tags", ""))
    channels.untag_channels(db.session(), chosen, tags)
    for channel in chosen:
        note("channel.untag", channel.id, at=at, tags=tags)
    said = ngettext(
        "The tags are off %(num)d channel.",
        "The tags are off %(num)d channels.",
        len(chosen),
    )
    return Done(said)


def move(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Put the channels into a group; an empty one is none."""
    before = {channel.group.path if channel.group else "" for channel in chosen}
    path = values.get("group", "")
    channels.move_channels(db.session(), g.account, chosen, path)
    for channel in chosen:
        note("channel.move", channel.id, at=at, group=path)
    count = len(chosen)
    said = ngettext("%(num)d channel is moved.", "%(num)d channels are moved.", count)
    undo: dict[str, object] = {"do": "move", "group": min(before)}
    # There is one way back only if they came from one place.
    return Done(said, undo if len(before) == 1 else None)


ACTS: dict[str, Callable[[Chosen, Values, datetime], Done]] = {
    "archive": archive,
    "restore": restore,
    "disable": disable,
    "enable": enable,
    "tag": tag,
    "untag": untag,
    "move": move,
}
