"""Work that comes back every night: a row like any other, added when it is missing."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.models import Account, Task, TaskState
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask

#: When in the account's own night. Minutes apart, so that they do not meet.
DAILY: Mapping[str, time] = {
    "retention": time(3, 40),
    "menu": time(3, 55),
    "reconcile": time(4, 10),
}
SUBJECT = "daily"


def ensure_daily(session: Session, *, now: datetime) -> None:
    """Have each account's nightly work in line, once; what is parked gets a new try.

    Days on which no worker ran are not made up for: the next night does it all.
    """
    query = select(Task.account_id, Task.kind, Task.id, Task.state, Task.due_at)
    query = query.where(Task.kind.in_(DAILY), Task.open_key == SUBJECT)
    open_ = {(row.account_id, row.kind): row for row in session.execute(query)}
    missing = []
    for account in session.scalars(select(Account)):
        for kind, at in DAILY.items():
            row = open_.get((account.id, kind))
            if row is None:
                due_at = next_night(account.time_zone, at, now=now)
                missing.append(_task(account.id, kind, due_at))
            elif row.state == TaskState.PARKED and row.due_at <= now - timedelta(
                days=1
            ):
                queue.send_again(session, account.id, [row.id], now=now)
    queue.add_tasks(session, missing)


def next_night(time_zone: str, at: time, *, now: datetime) -> datetime:
    """Return when it is `at` next, by the clocks of `time_zone`."""
    zone = ZoneInfo(time_zone)
    tonight = datetime.combine(now.astimezone(zone).date(), at, zone)
    return tonight if tonight > now else tonight + timedelta(days=1)


def _task(account_id: int, kind: str, due_at: datetime) -> NewTask:
    return NewTask(account_id=account_id, kind=kind, subject=SUBJECT, due_at=due_at)
