"""What can be done to one channel or many at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import g
from flask_babel import ngettext

from wxchannels.channels import channels
from wxchannels.channels.fields import check_tags
from wxchannels.errors import N_, DomainError
from wxchannels.extensions import db
from wxchannels.models import Channel


class NoTagsError(DomainError):
    """Nothing was typed that could be put on or taken off."""

    sentence = N_("Type a tag first.")


Chosen = Sequence[Channel]
#: What a form says beside the channels: tags, or the path of a group.
Values = Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """What was done in words, and what the log says of it."""

    sentence: str
    details: Mapping[str, object] = field(default_factory=dict)


def archive(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Put the channels away."""
    del values
    for channel in chosen:
        channels.archive_channel(channel, at=at)
    count = len(chosen)
    said = ngettext(
        "%(num)d channel is archived.", "%(num)d channels are archived.", count
    )
    return Done(said)


def restore(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Take the channels out of the archive."""
    del values, at
    for channel in chosen:
        channels.restore_channel(db.session(), channel)
    count = len(chosen)
    said = ngettext("%(num)d channel is back.", "%(num)d channels are back.", count)
    return Done(said)


def disable(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Have scans answered with the account's default; they still count."""
    del values, at
    for channel in chosen:
        channels.disable_channel(channel)
    said = ngettext(
        "%(num)d channel is disabled. Its scans still count.",
        "%(num)d channels are disabled. Their scans still count.",
        len(chosen),
    )
    return Done(said)


def enable(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Have scans answered by the channels again."""
    del values, at
    for channel in chosen:
        channels.enable_channel(channel)
    count = len(chosen)
    said = ngettext(
        "%(num)d channel is enabled.", "%(num)d channels are enabled.", count
    )
    return Done(said)


def tag(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Stick tags on the channels."""
    del at
    tags = _tags(values)
    channels.tag_channels(db.session(), chosen, tags)
    count = len(chosen)
    said = ngettext(
        "%(num)d channel has the tags.", "%(num)d channels have the tags.", count
    )
    return Done(said, {"tags": tags})


def untag(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Take tags off the channels."""
    del at
    tags = _tags(values)
    channels.untag_channels(db.session(), chosen, tags)
    said = ngettext(
        "The tags are off %(num)d channel.",
        "The tags are off %(num)d channels.",
        len(chosen),
    )
    return Done(said, {"tags": tags})


def move(chosen: Chosen, values: Values, at: datetime) -> Done:
    """Put the channels into a group; an empty one is none."""
    del at
    path = values.get("group", "")
    channels.move_channels(db.session(), g.account, chosen, path)
    count = len(chosen)
    if path.strip():
        said = ngettext(
            "%(num)d channel is moved.", "%(num)d channels are moved.", count
        )
    else:
        said = ngettext(
            "%(num)d channel is in no group now.",
            "%(num)d channels are in no group now.",
            count,
        )
    return Done(said, {"group": path})


def _tags(values: Values) -> list[str]:
    tags = check_tags(values.get("tags", ""))
    if not tags:
        raise NoTagsError
    return tags


ACTS: dict[str, Callable[[Chosen, Values, datetime], Done]] = {
    "archive": archive,
    "restore": restore,
    "disable": disable,
    "enable": enable,
    "tag": tag,
    "untag": untag,
    "move": move,
}
