"""What was changed, kept so that it can be taken back: as it was, and as it became.

What somebody else has changed again since, or whose name is taken, stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from wxchannels.channels.channels import (
    ChannelNameTakenError,
    get_channels,
    set_tags,
    tag_names,
    unique_name,
)
from wxchannels.channels.groups import ensure_group
from wxchannels.channels.replies import AUDIENCES
from wxchannels.models import Account, Channel

#: As JSON has it: a session can keep it.
State = dict[str, Any]
#: What staff change about a channel, beside its group, tags and when it was archived.
COLUMNS = (
    "name",
    "pinyin",
    "owner",
    "remark",
    "tag_in_wechat",
    "state",
    "archived_from",
    *AUDIENCES,
)


class Change(TypedDict):
    """What became of some things that were alike: of the fields that differ."""

    ids: list[int]
    before: State
    after: State


def look(session: Session, channels: Iterable[Channel]) -> dict[int, State]:
    """Return how the channels are now, by id."""
    session.flush()
    return {channel.id: _state(channel) for channel in channels}


def compare(
    before: Mapping[int, State], after: Mapping[int, State]
) -> Sequence[Change]:
    """Return what was changed; things to which the same was done are told once."""
    changes: list[Change] = []
    for number, now in after.items():
        was = before[number]
        changed = [name for name in now if now[name] != was[name]]
        old = {name: was[name] for name in changed}
        new = {name: now[name] for name in changed}
        alike = (c for c in changes if (c["before"], c["after"]) == (old, new))
        if same := next(alike, None):
            same["ids"].append(number)
        elif changed:
            changes.append({"ids": [number], "before": old, "after": new})
    return changes


def is_still(state: State, change: Change) -> bool:
    """Say whether nobody changed again what the change is about."""
    return all(state[name] == value for name, value in change["after"].items())


def take_back(
    session: Session, account: Account, changes: Sequence[Change]
) -> Sequence[Channel]:
    """Put the channels back as they were, and return those that could be."""
    back = []
    for change in changes:
        for channel in get_channels(session, account, change["ids"]):
            if is_still(_state(channel), change):
                with suppress(ChannelNameTakenError):
                    _put_back(session, channel, change["before"])
                    back.append(channel)
    return back


def _state(channel: Channel) -> State:
    archived_at = channel.archived_at
    return {
        **{name: getattr(channel, name) for name in COLUMNS},
        # By its path: a number may be another group's by the time of an undo.
        "group": channel.group.path if channel.group else "",
        "tags": sorted(tag_names(channel)),
        "archived_at": archived_at and archived_at.isoformat(),
    }


def _put_back(session: Session, channel: Channel, before: State) -> None:
    columns = {name: before[name] for name in COLUMNS if name in before}
    name = columns.get("name", channel.name)
    with unique_name(session, channel.account_id, name):
        if "group" in before:
            channel.group = ensure_group(session, channel.account, before["group"])
        for column, value in columns.items():
            setattr(channel, column, value)
        if "archived_at" in before:
            moment = before["archived_at"]
            channel.archived_at = moment and datetime.fromisoformat(moment)
        if "tags" in before:
            set_tags(channel, before["tags"])
