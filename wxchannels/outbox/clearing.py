"""Work that was done long ago goes."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wxchannels.models import Task, TaskState
from wxchannels.outbox.leases import Claimed


def delete_done_alike(session: Session, task: Claimed) -> None:
    """Delete done tasks of the same subject: for work that comes up all the time."""
    done = delete(Task).where(
        Task.account_id == task.account_id,
        Task.kind == task.kind,
        Task.open_key.is_(None),
        Task.subject == task.subject,
    )
    session.execute(done)


def delete_done_tasks(
    session: Session, account_id: int, before: datetime, *, limit: int
) -> int:
    """Delete up to `limit` tasks done before that; return how many there were."""
    old = select(Task.id).where(Task.account_id == account_id)
    old = old.where(Task.state == TaskState.DONE, Task.finished_at < before)
    numbers = session.scalars(old.limit(limit)).all()
    session.execute(delete(Task).where(Task.id.in_(numbers)))
    return len(numbers)
