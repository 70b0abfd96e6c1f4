"""Who followed through a channel with a tag gets it in WeChat, fifty at a time."""

from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.ledger import tagging
from wxchannels.outbox import leases
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import MAX_TAGGED, WeChatClient
from wxchannels.wechat.errors import WeChatError, WeChatRefusedError

#: The number we kept is no tag any more: somebody deleted it in WeChat's console.
NO_TAG = 45159
#: No follower any more, or another account's.
GONE = {40003, 49003}
#: One of many has too many tags, or some of them failed.
PERSONAL = {*GONE, 45059, 45171}


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Tag the task's person, and in the same breath others of the channel."""
    channel_id = tagging.channel_of(task.subject)
    name = tagging.tag_of(session, channel_id)
    if name is None:
        # Nobody wants the tag any more.
        return None
    alike = tagging.prefix(channel_id)
    others = leases.claim_alike(session, task, alike, limit=MAX_TAGGED - 1, now=now)
    session.commit()
    try:
        _tag(session, wechat, name, [task, *others])
    except WeChatError as error:
        session.rollback()
        # Theirs is another try, one by one if need be.
        for other in others:
            leases.go_on(session, other, at=now)
        session.commit()
        if not others or not _is_personal(error):
            raise
        _tag(session, wechat, name, [task])
        return None
    for other in others:
        leases.finish(session, other, now=now)
    return None


def _tag(
    session: Session, wechat: WeChatClient, name: str, tasks: list[Claimed]
) -> None:
    """Have WeChat put the tag called `name` on those who still follow."""
    account_id = tasks[0].account_id
    people = [task.follower_id for task in tasks if task.follower_id is not None]
    openids = tagging.openids_of(session, people)
    kept = tagging.find_tag_id(session, account_id, name)
    session.rollback()
    if not openids:
        return
    tag_id = kept or _look_up(session, wechat, account_id, name)
    try:
        wechat.tag_people(tag_id, openids)
    except WeChatRefusedError as error:
        if len(openids) == 1 and error.errcode in GONE:
            return
        if error.errcode != NO_TAG:
            raise
        wechat.tag_people(_look_up(session, wechat, account_id, name), openids)


def _look_up(session: Session, wechat: WeChatClient, account_id: int, name: str) -> int:
    """Return the tag's number, having WeChat make the tag if need be; and keep it."""
    tag_id = wechat.tags().get(name) or wechat.create_tag(name)
    tagging.keep_tag_id(session, account_id, name, tag_id)
    session.commit()
    return tag_id


def _is_personal(error: WeChatError) -> bool:
    return isinstance(error, WeChatRefusedError) and error.errcode in PERSONAL
