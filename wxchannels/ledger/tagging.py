"""Who follows through a channel with a tag is tagged in WeChat afterwards."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.models import (
    Channel,
    ChannelGroup,
    EventClass,
    Follower,
    ScanEvent,
    WeChatTag,
)
from wxchannels.models.outbox import SUBJECT_LENGTH
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask

KIND = "tag"
FOLLOWS = {EventClass.NEW_FOLLOW, EventClass.REFOLLOW}


def ask_later(
    session: Session,
    added: Sequence[Mapping[str, Any]],
    following: Collection[int],
    tagged: Collection[int],
) -> None:
    """Have those tagged who follow by what was added and led to a `tagged` channel."""
    if not tagged:
        return
    tasks = [
        _task(row, due_at=row["received_at"])
        for row in added
        if row["row_id"] in tagged
        and row["class"] in FOLLOWS
        and row["follower_id"] in following
    ]
    queue.add_tasks(session, tasks)


def ask_about(session: Session, event_ids: Collection[int], *, at: datetime) -> None:
    """Have those tagged who still follow by these events, which led to a channel late.

    The channel has a tag.
    """
    if not event_ids:
        return
    query = (
        select(
            ScanEvent.account_id,
            ScanEvent.follower_id,
            ScanEvent.row_id,
            ScanEvent.push_key,
        )
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(ScanEvent.id.in_(event_ids), Follower.following)
    )
    rows = session.execute(query).mappings()
    tasks = [_task(dict(row), due_at=at) for row in rows]
    queue.add_tasks(session, tasks)


def _task(row: Mapping[str, Any], *, due_at: datetime) -> NewTask:
    return NewTask(
        account_id=row["account_id"],
        kind=KIND,
        subject=subject(row["row_id"], row["push_key"]),
        follower_id=row["follower_id"],
        due_at=due_at,
    )


def subject(channel_id: int, push_key: bytes) -> str:
    """Return what a task is about: the channel first, so that its people are found."""
    return f"{prefix(channel_id)}{push_key.hex()}"[:SUBJECT_LENGTH]


def prefix(channel_id: int) -> str:
    """Return how the subjects of a channel's tasks begin."""
    return f"{channel_id}:"


def channel_of(subject: str) -> int:
    """Return the channel that a task's subject names."""
    return int(subject.partition(":")[0])


def tag_of(session: Session, channel_id: int) -> str | None:
    """Return the channel's tag, else its group's, if there is one."""
    tag = func.coalesce(Channel.tag_in_wechat, ChannelGroup.tag_in_wechat)
    query = select(tag).outerjoin(ChannelGroup, ChannelGroup.id == Channel.group_id)
    return session.scalar(query.where(Channel.id == channel_id))


def openids_of(session: Session, follower_ids: Collection[int]) -> list[str]:
    """Return the openids of those of the people who still follow."""
    query = select(Follower.openid).where(Follower.id.in_(follower_ids))
    query = query.where(Follower.following, Follower.openid.is_not(None))
    return [openid for openid in session.scalars(query) if openid is not None]


def find_tag_id(session: Session, account_id: int, name: str) -> int | None:
    """Return the number by which WeChat knows the tag, if we know it."""
    tag = session.get(WeChatTag, (account_id, name))
    return tag.tag_id if tag else None


def keep_tag_id(session: Session, account_id: int, name: str, tag_id: int) -> None:
    """Keep the number by which WeChat knows the tag."""
    session.merge(WeChatTag(account_id=account_id, name=name, tag_id=tag_id))
    session.flush()
