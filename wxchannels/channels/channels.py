"""Channels: the places, people and campaigns that show QR codes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wxchannels.channels.errors import TakenError
from wxchannels.channels.fields import (
    ChannelFields,
    check_columns,
    check_tags,
)
from wxchannels.channels.groups import clean_path, ensure_group
from wxchannels.channels.search import WITH_ALL
from wxchannels.errors import N_, NotFoundError
from wxchannels.models import Account, Channel, ChannelState, ChannelTag

HIGHEST_ID = 2**31 - 1


class ChannelNameTakenError(TakenError):
    """Two channels that are not archived may not share a name: reports go by names."""

    sentence = N_("There is already a channel called “%(name)s”.")
    field = "name"


def open_channel(
    session: Session, account: Account, fields: ChannelFields, *, at: datetime
) -> Channel:
    """Open a channel as `fields` say; only its name is needed."""
    channel = Channel(account=account, created_at=at, state=ChannelState.ACTIVE)
    fields = {"name": "", **fields}
    columns = check_columns(fields)
    group = ensure_group(session, account, fields.get("group") or "")
    with unique_name(session, account.id, columns["name"]):
        session.add(channel)
        _apply(channel, columns)
        channel.group = group
    return channel


def edit_channel(session: Session, channel: Channel, fields: ChannelFields) -> None:
    """Change what `fields` name and leave the rest as it is."""
    account, name = channel.account, channel.name
    columns = check_columns(fields)
    group = channel.group
    if "group" in fields:
        group = ensure_group(session, account, fields["group"] or "")
    with unique_name(session, account.id, columns.get("name", name)):
        _apply(channel, columns)
        channel.group = group


def archive_channel(channel: Channel, *, at: datetime) -> None:
    """Put the channel away: its name is free, its codes still count."""
    if channel.state != ChannelState.ARCHIVED:
        channel.archived_from = channel.state
        channel.state = ChannelState.ARCHIVED
        channel.archived_at = at


def restore_channel(session: Session, channel: Channel) -> None:
    """Put the channel back as it was, unless its name is another's by now."""
    if channel.state == ChannelState.ARCHIVED:
        with unique_name(session, channel.account_id, channel.name):
            channel.state = channel.archived_from or ChannelState.ACTIVE
            channel.archived_from = channel.archived_at = None


def disable_channel(channel: Channel) -> None:
    """Let its codes be answered as if they were nobody's; they are still counted."""
    if channel.state == ChannelState.ACTIVE:
        channel.state = ChannelState.DISABLED


def enable_channel(channel: Channel) -> None:
    """Let its codes be answered with its replies again."""
    if channel.state == ChannelState.DISABLED:
        channel.state = ChannelState.ACTIVE


def move_channels(
    session: Session, account: Account, channels: Iterable[Channel], path: str
) -> None:
    """Put the channels into the group at `path`, made if need be; "" is no group."""
    group = ensure_group(session, account, path)
    for channel in channels:
        channel.group = group
    session.flush()


def tag_channels(
    session: Session, channels: Iterable[Channel], given: Sequence[str] | str
) -> None:
    """Stick the tags on every one of the channels, beside those it has."""
    tags = check_tags(given)
    for channel in channels:
        set_tags(channel, check_tags(tag_names(channel) + tags))
    session.flush()


def untag_channels(
    session: Session, channels: Iterable[Channel], given: Sequence[str] | str
) -> None:
    """Take the tags off the channels."""
    tags = check_tags(given)
    for channel in channels:
        set_tags(channel, [name for name in tag_names(channel) if name not in tags])
    session.flush()


def tag_names(channel: Channel) -> list[str]:
    """Return the words stuck on the channel."""
    return [tag.name for tag in channel.tags]


def list_tags(session: Session, account: Account) -> Sequence[tuple[str, int]]:
    """Return the tags of unarchived channels and how many wear each."""
    query = (
        select(ChannelTag.name, func.count())
        .join(Channel, Channel.id == ChannelTag.channel_id)
        .where(Channel.account_id == account.id)
        .where(Channel.state != ChannelState.ARCHIVED)
    )
    rows = session.execute(query.group_by(ChannelTag.name).order_by(ChannelTag.name))
    return [(name, count) for name, count in rows]


def get_channel(session: Session, account: Account, channel_id: int) -> Channel:
    """Return the account's channel, or raise `NotFoundError`."""
    # A number beyond the column's is an error to some databases and nothing to others.
    channel = session.get(Channel, channel_id) if channel_id <= HIGHEST_ID else None
    if channel is None or channel.account_id != account.id:
        raise NotFoundError
    return channel


def get_channels(
    session: Session, account: Account, ids: Iterable[int]
) -> Sequence[Channel]:
    """Return those of the account's channels that `ids` name, by id."""
    wanted = {channel_id for channel_id in ids if channel_id <= HIGHEST_ID}
    query = select(Channel).where(Channel.account_id == account.id)
    found = query.where(Channel.id.in_(wanted)).order_by(Channel.id)
    return session.scalars(found.options(*WITH_ALL)).all()


def find_by_name(session: Session, account: Account, name: str) -> Channel | None:
    """Return the unarchived channel of that name, if there is one."""
    query = select(Channel).where(Channel.account_id == account.id)
    return session.scalar(query.where(Channel.live_name == name))


def check_channel(session: Session, account: Account, fields: ChannelFields) -> None:
    """Raise what `open_channel` would, before WeChat is asked for the channel's code.

    The constraint still decides when the channel is written.
    """
    columns = check_columns({"name": "", **fields})
    clean_path(fields.get("group") or "")
    if find_by_name(session, account, columns["name"]) is not None:
        raise ChannelNameTakenError(name=columns["name"])


@contextmanager
def unique_name(session: Session, account_id: int, name: str) -> Iterator[None]:
    """Write what is changed inside, or say that the name is taken.

    Everything must be changed inside: SQLAlchemy flushes before a savepoint begins.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        # Not by looking first: of two who write the same name one must lose here.
        taken = select(Channel.id).where(Channel.account_id == account_id)
        if session.scalar(taken.where(Channel.live_name == name)) is None:
            raise
        raise ChannelNameTakenError(name=name) from error


def set_tags(channel: Channel, names: Sequence[str]) -> None:
    """Have the channel wear these tags; one it has is not deleted and added at once."""
    kept = [tag for tag in channel.tags if tag.name in names]
    known = {tag.name for tag in kept}
    added = [ChannelTag(name=name) for name in names if name not in known]
    channel.tags = [*kept, *added]


def _apply(channel: Channel, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        if name == "tags":
            set_tags(channel, value)
        else:
            setattr(channel, name, value)
