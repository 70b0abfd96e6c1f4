"""The codes of a bulk run, some seconds at a time."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.channels import bulk, issuing
from wxchannels.models import BulkRun
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import WeChatClient

#: Shorter than the time a worker has to end.
SLICE = timedelta(seconds=3)


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Ask WeChat for the next codes of the run that the task's subject names."""
    order = session.get_one(BulkRun, int(task.subject))
    is_mine = bulk.take_lease(session, order, now=now)
    session.commit()
    if not is_mine:
        # A page that found no worker drives the run at this moment.
        return now + SLICE
    is_finished = issuing.issue_some(
        session, wechat, order.id, most=SLICE, now=clock.utcnow
    )
    return None if is_finished else clock.utcnow()
