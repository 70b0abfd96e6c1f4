"""The follower list, in slices: imported, and compared with our pushes every night."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts.comparing import compare_list
from wxchannels.accounts.importing import import_list
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import WeChatClient

#: Shorter than the time a worker has to end.
SLICE = timedelta(seconds=5)


def run_import(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Import what comes next."""
    erase = current_app.config["ERASE_ON_UNFOLLOW"]
    steps = import_list(session, wechat, task.account_id, erase=erase, now=clock.utcnow)
    return _go_on(steps, since=now)


def run_comparison(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Compare what comes next."""
    erase = current_app.config["ERASE_ON_UNFOLLOW"]
    steps = compare_list(
        session, wechat, task.account_id, erase=erase, now=clock.utcnow
    )
    return _go_on(steps, since=now)


def _go_on(steps: Iterator[object], *, since: datetime) -> datetime | None:
    """Take steps for a slice; a page that was begun is read again, not asked again."""
    for _ in steps:
        if clock.utcnow() - since > SLICE:
            return clock.utcnow()
    return None
