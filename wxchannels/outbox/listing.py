"""What waits and what is parked, for people to look at."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from wxchannels.models import Task, TaskState
from wxchannels.paging import Page, clip


def list_tasks(
    session: Session,
    account_id: int,
    states: Collection[TaskState],
    *,
    page: int = 1,
    page_size: int = 50,
) -> Page[Task]:
    """Return a page of the account's tasks in `states`, the next due first."""
    total = count_tasks(session, account_id, states)
    page = clip(page, page_size, total)
    query = select(Task).where(*_mine(account_id, states))
    part = query.order_by(Task.due_at, Task.id).limit(page_size)
    items = session.scalars(part.offset((page - 1) * page_size)).all()
    return Page(items, page, page_size, total)


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
