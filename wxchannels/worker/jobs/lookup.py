"""Follows without a scene: WeChat is asked how they came about."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts.asking import describe
from wxchannels.ledger import lookups, repair
from wxchannels.models import Account
from wxchannels.outbox import leases
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import MAX_USERS, WeChatClient


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Ask about the task's follow, and in the same breath about those that wait."""
    account_id = task.account_id
    waiting = lookups.list_waiting(session, account_id, [task.subject])
    if not waiting:
        return None
    others = leases.list_subjects(
        session, account_id, task.kind, limit=MAX_USERS - 1, now=now
    )
    # Their own tasks will find them answered, and ask nothing.
    waiting += lookups.list_waiting(session, account_id, others)
    session.rollback()
    found = describe(wechat, [follow.openid for follow in waiting])
    repair.mend(
        session,
        session.get_one(Account, account_id),
        waiting,
        found,
        erase=current_app.config["ERASE_ON_UNFOLLOW"],
        at=clock.utcnow(),
    )
    return None
