"""Everything is counted again, because the account's days begin elsewhere now."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.ledger import recount
from wxchannels.ledger.recount import RecountLostError, RecountRunningError
from wxchannels.models import Account
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import WeChatClient

#: Much shorter than the lease, and than the time a worker has to end.
SLICE = timedelta(seconds=5)


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Count for some seconds at a time, each step in a transaction of its own."""
    del wechat
    account = session.get_one(Account, task.account_id)
    row = recount.find_recount(session, account)
    if row is None or row.finished_at is not None:
        return None
    holder, erase = f"task {task.id}", current_app.config["ERASE_ON_UNFOLLOW"]
    try:
        recount.take(session, account, holder, now=now)
        session.commit()
        while clock.utcnow() - now < SLICE:
            step = recount.step(
                session, account, holder, erase=erase, now=clock.utcnow()
            )
            session.commit()
            if step.progress.is_finished:
                return None
    except RecountRunningError:
        # Somebody does it at the command line; they may still be killed.
        session.rollback()
        return now + recount.LEASE
    except RecountLostError:
        # The zone changed once more: from the beginning.
        session.rollback()
    return clock.utcnow()
