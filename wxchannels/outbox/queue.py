"""The work that waits: asked for with its cause, once while it is open."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from wxchannels.models import Task, TaskState
from wxchannels.statements import count_changed, insert_new

TABLE = Task.__table__


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """Work that somebody asks for. While the same is open, asking again adds none.

    So the subject names the cause where each cause counts, as an event's number does.
    """

    account_id: int
    kind: str
    subject: str
    due_at: datetime
    follower_id: int | None = None
    payload: Mapping[str, Any] | None = None


def add_tasks(session: Session, tasks: Sequence[NewTask]) -> None:
    """Ask for each of `tasks`, unless the same is asked for already."""
    # In one order everywhere, so that two batches cannot wait for each other.
    ordered = sorted(tasks, key=lambda task: (task.account_id, task.kind, task.subject))
    insert_new(session, TABLE, [_row(task) for task in ordered])


def hold(session: Session, account_id: int, kind: str, *, until: datetime) -> None:
    """Let nothing else of the account and kind be tried before `until`."""
    waiting = update(Task).where(Task.account_id == account_id, Task.kind == kind)
    waiting = waiting.where(Task.state == TaskState.DUE, Task.due_at < until)
    session.execute(waiting.values(due_at=until))


def send_again(
    session: Session,
    account_id: int,
    task_ids: Collection[int] | None,
    *,
    now: datetime,
) -> int:
    """Put what is parked back in line, all of it for None; return how much it was."""
    parked = update(Task).where(Task.account_id == account_id)
    parked = parked.where(Task.state == TaskState.PARKED)
    if task_ids is not None:
        parked = parked.where(Task.id.in_(task_ids))
    values = {"state": TaskState.DUE, "due_at": now, "attempts": 0}
    again = parked.values(**values, version=Task.version + 1)
    return count_changed(session, again)


def hurry(
    session: Session, account_id: int, kind: str, subject: str, *, now: datetime
) -> None:
    """Have the open work tried at once, whether it waits for a time or for a person."""
    open_ = _open(account_id, kind, subject)
    waiting = update(Task).where(open_, Task.state != TaskState.LEASED)
    values = {"state": TaskState.DUE, "due_at": now, "attempts": 0}
    session.execute(waiting.values(**values, version=Task.version + 1))


def find_open(
    session: Session, account_id: int, kind: str, subject: str
) -> Task | None:
    """Return the work that was asked for and is not done."""
    return session.scalar(select(Task).where(_open(account_id, kind, subject)))


def _open(account_id: int, kind: str, subject: str) -> ColumnElement[bool]:
    return and_(
        Task.account_id == account_id, Task.kind == kind, Task.open_key == subject
    )


def _row(task: NewTask) -> dict[str, Any]:
    return {
        "account_id": task.account_id,
        "kind": task.kind,
        "subject": task.subject,
        "open_key": task.subject,
        "follower_id": task.follower_id,
        "payload": None if task.payload is None else json.dumps(task.payload),
        "state": TaskState.DUE,
        "wanted_at": task.due_at,
        "due_at": task.due_at,
        "attempts": 0,
        "version": 0,
        "error": "",
    }
