"""Every night: who follows by WeChat's list, and by our pushes."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts.comparing import compare_list
from wxchannels.outbox import queue
from wxchannels.outbox.queue import Claimed
from wxchannels.wechat.client import WeChatClient

LEASE = timedelta(hours=3)


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Compare the whole list: a million people take about two minutes."""
    # And hours where WeChat is slow: nobody else is to begin it again meanwhile.
    queue.keep(session, task, until=now + LEASE)
    session.commit()
    erase = current_app.config["ERASE_ON_UNFOLLOW"]
    compare_list(session, wechat, task.account_id, erase=erase, now=clock.utcnow)
    return None
