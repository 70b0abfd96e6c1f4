"""What waits and what is parked, for people to look at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from wxchannels.models import Task, TaskState


@dataclass(frozen=True)
class TaskPage:
    """A part of the tasks, and how many there are in all."""

    items: Sequence[Task]
    page: int
    page_size: int
    total: int


def list_tasks(
    session: Session,
    account_id: int,
    states: Collection[TaskState],
    *,
    page: int = 1,
    page_size: int = 50,
) -> TaskPage:
    """Return a page of the account's tasks in `states`, the next due first."""
    total = count_tasks(session, account_id, states)
    # A list that has become shorter ends earlier.
    page = min(page, max(1, -(-total // page_size)))
    query = select(Task).where(*_mine(account_id, states))
    part = query.order_by(Task.due_at, Task.id).limit(page_size)
    items = session.scalars(part.offset((page - 1) * page_size)).all()
    return TaskPage(items, page, page_size, total)


def count_tasks(
    session: Session, account_id: int, states: Collection[TaskState]
) -> int:
    """Return how many of the account's tasks are in `states`."""
    query = select(func.count(Task.id)).where(*_mine(account_id, states))
    return session.scalar(query) or 0


def _mine(
    account_id: int, states: Collection[TaskState]
) -> tuple[ColumnElement[bool], ...]:
    return Task.account_id == account_id, Task.state.in_(states)
