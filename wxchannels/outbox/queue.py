"""The work that waits: added with its cause, claimed by one, never lost.

Every step is one UPDATE that says what it expects the row to be, so any number of
workers may try and one of them wins. A claim is a lease: whoever dies with it is
followed by another, and whoever comes back after it ended writes nothing.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, Update, and_, or_, select, update
from sqlalchemy.orm import Session

from wxchannels.models import Task, TaskState
from wxchannels.models.outbox import ERROR_LENGTH
from wxchannels.statements import insert_new

TABLE: Table = Task.__table__  # type: ignore[assignment]
#: Longer than a job works without saying so; one that died is done again after it.
LEASE = timedelta(minutes=5)


class LeaseLostError(Exception):
    """Another worker took the work over: what this one did must not be written."""


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


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why a try failed, as it is kept: WeChat's code and words, or what broke."""

    error: str
    errcode: int | None = None


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """Work that is ours until the lease ends."""

    id: int
    account_id: int
    kind: str
    subject: str
    follower_id: int | None
    payload: Mapping[str, Any] | None
    #: How often it was begun, this time included.
    attempts: int
    version: int


def add_tasks(session: Session, tasks: Sequence[NewTask]) -> None:
    """Ask for each of `tasks`, unless the same is asked for already."""
    # In one order everywhere, so that two batches cannot wait for each other.
    ordered = sorted(tasks, key=lambda task: (task.account_id, task.kind, task.subject))
    insert_new(session, TABLE, [_row(task) for task in ordered])


def list_due(
    session: Session, kinds: Collection[str], *, limit: int, now: datetime
) -> Sequence[int]:
    """Return the numbers of what can be claimed at `now`, the longest due first."""
    query = select(Task.id).where(Task.kind.in_(kinds), _is_free(now))
    return session.scalars(query.order_by(Task.due_at, Task.id).limit(limit)).all()


def list_subjects(
    session: Session, account_id: int, kind: str, *, limit: int, now: datetime
) -> Sequence[str]:
    """Return what else of the kind is due with the account, the longest due first."""
    query = select(Task.subject).where(
        Task.account_id == account_id,
        Task.kind == kind,
        Task.state == TaskState.DUE,
        Task.due_at <= now,
    )
    return session.scalars(query.order_by(Task.due_at, Task.id).limit(limit)).all()


def claim(
    session: Session, task_id: int, *, lease: timedelta = LEASE, now: datetime
) -> Claimed | None:
    """Take the task for the length of `lease`, unless another worker has it."""
    free = update(Task).where(Task.id == task_id, _is_free(now))
    values = {
        "state": TaskState.LEASED,
        "leased_until": now + lease,
        "attempts": Task.attempts + 1,
        "version": Task.version + 1,
    }
    if not _changes(session, free, values):
        return None
    task = session.get_one(Task, task_id, populate_existing=True)
    return Claimed(
        id=task.id,
        account_id=task.account_id,
        kind=task.kind,
        subject=task.subject,
        follower_id=task.follower_id,
        payload=json.loads(task.payload) if task.payload else None,
        attempts=task.attempts,
        version=task.version,
    )


def claim_alike(
    session: Session, claimed: Claimed, prefix: str, *, limit: int, now: datetime
) -> list[Claimed]:
    """Claim more of the same kind whose subjects begin alike, to be done together."""
    query = select(Task.id).where(
        Task.account_id == claimed.account_id,
        Task.kind == claimed.kind,
        Task.subject.startswith(prefix, autoescape=True),
        Task.state == TaskState.DUE,
        Task.due_at <= now,
    )
    numbers = session.scalars(query.order_by(Task.due_at, Task.id).limit(limit)).all()
    found = (claim(session, number, now=now) for number in numbers)
    return [one for one in found if one]


def finish(session: Session, claimed: Claimed, *, now: datetime) -> None:
    """Note that the work is done, in the transaction that writes what came of it."""
    _settle(
        session,
        claimed,
        state=TaskState.DONE,
        open_key=None,
        # Whatever it said of a person is not needed any more.
        payload=None,
        finished_at=now,
        errcode=None,
        error="",
    )


def go_on(session: Session, claimed: Claimed, *, at: datetime) -> None:
    """Have the work taken up again at `at`: part of it is done, nothing failed."""
    progress = {"due_at": at, "attempts": 0, "errcode": None, "error": ""}
    _settle(session, claimed, state=TaskState.DUE, **progress)


def postpone(
    session: Session, claimed: Claimed, trouble: Trouble, *, until: datetime
) -> None:
    """Have the work tried again at `until`."""
    _settle(session, claimed, state=TaskState.DUE, due_at=until, **_words(trouble))


def park(session: Session, claimed: Claimed, trouble: Trouble) -> None:
    """Set the work aside until a person sends it again."""
    _settle(session, claimed, state=TaskState.PARKED, **_words(trouble))


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
    result = session.execute(parked.values(**values, version=Task.version + 1))
    return int(result.rowcount)  # type: ignore[attr-defined]


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


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Task.state == TaskState.DUE, Task.due_at <= now),
        and_(Task.state == TaskState.LEASED, Task.leased_until <= now),
    )


def _settle(session: Session, claimed: Claimed, **values: object) -> None:
    """End the lease with `values`, or raise where it is not ours any more."""
    ours = update(Task).where(Task.id == claimed.id, Task.version == claimed.version)
    values = {**values, "leased_until": None, "version": claimed.version + 1}
    if not _changes(session, ours, values):
        raise LeaseLostError(claimed.id)


def _changes(session: Session, statement: Update, values: Mapping[str, object]) -> bool:
    """Say whether the row was as the statement expects, and is changed."""
    statement = statement.execution_options(synchronize_session=False)
    result = session.execute(statement.values(**values))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _words(trouble: Trouble) -> dict[str, object]:
    return {"error": trouble.error[:ERROR_LENGTH], "errcode": trouble.errcode}
