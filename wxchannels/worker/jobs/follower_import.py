"""The import of the follower list, some seconds at a time."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts.importing import import_list
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import WeChatClient

#: Shorter than the time a worker has to end.
SLICE = timedelta(seconds=5)


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Import what comes next; a page that was begun is read again, not asked again."""
    erase = current_app.config["ERASE_ON_UNFOLLOW"]
    for _ in import_list(
        session, wechat, task.account_id, erase=erase, now=clock.utcnow
    ):
        if clock.utcnow() - now > SLICE:
            return clock.utcnow()
    return None
