"""How the outside work stands: what waits, for how long, and who is at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from wxchannels.models import Task, TaskState, Worker
from wxchannels.statements import insert_new

WORKERS = Worker.__table__
#: A worker says this often that it lives, and is missed after three times as long.
BEAT = timedelta(seconds=20)
MISSED_AFTER = 3 * BEAT
#: One that did not come back in this time has another name by now.
FORGOTTEN_AFTER = timedelta(days=7)
OPEN = (TaskState.DUE, TaskState.LEASED)


@dataclass(frozen=True, kw_only=True)
class Lag:
    """How far the workers are behind."""

    #: Work that could have been begun by now, or is under way.
    waiting: int
    #: Since when the longest of it waits to be begun.
    oldest_at: datetime | None
    #: Work that waits for a person.
    parked: int
    #: When any worker was last seen.
    seen_at: datetime | None
    now: datetime

    @property
    def seconds(self) -> float:
        """How long the oldest work waits."""
        return (self.now - self.oldest_at).total_seconds() if self.oldest_at else 0.0

    @property
    def is_manned(self) -> bool:
        """Say whether a worker was there a moment ago."""
        return _is_there(self.seen_at, self.now)


def lag(session: Session, account_id: int | None = None, *, now: datetime) -> Lag:
    """Return how far the workers are behind, with one account or all of them."""
    mine = [] if account_id is None else [Task.account_id == account_id]
    due = [*mine, Task.state.in_(OPEN), Task.due_at <= now]
    parked = [*mine, Task.state == TaskState.PARKED]
    waiting, oldest_at = session.execute(
        select(func.count(), func.min(Task.due_at)).where(*due)
    ).one()
    return Lag(
        waiting=waiting,
        oldest_at=oldest_at,
        parked=session.scalar(select(func.count()).where(*parked)) or 0,
        seen_at=_last_seen(session),
        now=now,
    )


def is_manned(session: Session, *, now: datetime) -> bool:
    """Say whether a worker was there a moment ago."""
    return _is_there(_last_seen(session), now)


def list_workers(session: Session) -> Sequence[Worker]:
    """Return the workers that were seen lately, the last seen first."""
    return session.scalars(select(Worker).order_by(Worker.seen_at.desc())).all()


def see_worker(session: Session, name: str, *, now: datetime) -> None:
    """Note that the worker called `name` lives, and forget those long gone."""
    row = {"name": name, "started_at": now, "seen_at": now}
    insert_new(session, WORKERS, [row])
    session.execute(update(Worker).where(Worker.name == name).values(seen_at=now))
    session.execute(delete(Worker).where(Worker.seen_at < now - FORGOTTEN_AFTER))


def dismiss_worker(session: Session, name: str) -> None:
    """Forget a worker that was told to end."""
    session.execute(delete(Worker).where(Worker.name == name))


def _last_seen(session: Session) -> datetime | None:
    return session.scalar(select(func.max(Worker.seen_at)))


def _is_there(seen_at: datetime | None, now: datetime) -> bool:
    return seen_at is not None and now - seen_at <= MISSED_AFTER
