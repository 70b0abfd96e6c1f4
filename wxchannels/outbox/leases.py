"""Work taken by one worker: claimed, and done, put off or set aside.

Every step is one UPDATE that says what it expects the row to be, so any number of
workers may try and one of them wins. A claim is a lease: whoever dies with it is
followed by another, and whoever comes back after it ended writes nothing.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.orm import Session

from wxchannels.models import Task, TaskState
from wxchannels.models.outbox import ERROR_LENGTH
from wxchannels.statements import count_changed

#: Longer than a job works without saying so; one that died is done again after it.
LEASE = timedelta(minutes=5)
LONGEST_DUE = (Task.due_at, Task.id)


class LeaseLostError(Exception):
    """Another worker took the work over: what this one did must not be written."""


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


def list_due(
    session: Session, kinds: Collection[str], *, limit: int, now: datetime
) -> Sequence[int]:
    """Return the numbers of what can be claimed at `now`, the longest due first."""
    query = select(Task.id).where(Task.kind.in_(kinds), _is_free(now))
    return session.scalars(query.order_by(*LONGEST_DUE).limit(limit)).all()


def list_subjects(
    session: Session, account_id: int, kind: str, *, limit: int, now: datetime
) -> Sequence[str]:
    """Return what else of the kind is due with the account, the longest due first."""
    due = select(Task.subject).where(_is_due(account_id, kind, now))
    return session.scalars(due.order_by(*LONGEST_DUE).limit(limit)).all()


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
    due = select(Task.id).where(
        _is_due(claimed.account_id, claimed.kind, now),
        Task.subject.startswith(prefix, autoescape=True),
    )
    numbers = session.scalars(due.order_by(*LONGEST_DUE).limit(limit)).all()
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


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Task.state == TaskState.DUE, Task.due_at <= now),
        and_(Task.state == TaskState.LEASED, Task.leased_until <= now),
    )


def _is_due(account_id: int, kind: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        Task.account_id == account_id,
        Task.kind == kind,
        Task.state == TaskState.DUE,
        Task.due_at <= now,
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
    return bool(count_changed(session, statement.values(**values)))


def _words(trouble: Trouble) -> dict[str, object]:
    return {"error": trouble.error[:ERROR_LENGTH], "errcode": trouble.errcode}
