"""What was kept long enough goes: raw pushes, finished work, refused sign-ins."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.access.calls import delete_refusals
from wxchannels.ledger.retention import delete_raw_pushes
from wxchannels.members.retention import delete_codes, empty_codes
from wxchannels.outbox.clearing import delete_done_tasks
from wxchannels.outbox.leases import Claimed
from wxchannels.people import sign_in
from wxchannels.web.sessions import forget_expired
from wxchannels.webhooks.log import delete_deliveries
from wxchannels.wechat.client import WeChatClient

KEPT_TASKS = timedelta(days=30)
#: Longer than anybody answers about a code.
KEPT_CODES = timedelta(days=1)
#: Rows a commit: pushes that arrive meanwhile wait for no longer.
BATCH = 500
#: Much shorter than the lease, and than the time a worker has to end.
SLICE = timedelta(seconds=3)


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Delete what is too old, for some seconds at a time."""
    del wechat
    account_id, started_at = task.account_id, clock.utcnow()
    pushes_before = now - timedelta(days=current_app.config["RAW_RETENTION_DAYS"])
    parts: list[Callable[[], int]] = [
        lambda: delete_raw_pushes(session, account_id, pushes_before, limit=BATCH),
        lambda: delete_done_tasks(session, account_id, now - KEPT_TASKS, limit=BATCH),
        lambda: delete_deliveries(session, account_id, limit=BATCH, now=now),
        lambda: empty_codes(session, account_id, now - KEPT_CODES, limit=BATCH),
        lambda: delete_codes(session, account_id, pushes_before, limit=BATCH),
        lambda: sign_in.delete_refusals(session, pushes_before, limit=BATCH),
    ]
    for delete in parts:
        while delete() == BATCH:
            session.commit()
            if clock.utcnow() - started_at > SLICE:
                return clock.utcnow()
        session.commit()
    delete_refusals(session, account_id, now - KEPT_TASKS)
    session.commit()
    # In a transaction of its own: what is not committed by now is dropped.
    forget_expired()
    return None
