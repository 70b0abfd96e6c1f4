from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.models import Account, Task
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask

#: Asks for work of a kind that is due now and returns its number.
Ask = Callable[..., int]


@pytest.fixture
def ask(session: Session, account: Account) -> Ask:
    def ask(kind: str, subject: str = "one", **fields: object) -> int:
        task = NewTask(
            account_id=account.id,
            kind=kind,
            subject=subject,
            due_at=clock.utcnow() - timedelta(seconds=1),
            **fields,  # type: ignore[arg-type]
        )
        queue.add_tasks(session, [task])
        session.commit()
        number = session.scalars(select(Task.id).order_by(Task.id.desc())).first()
        assert number
        session.rollback()
        return number

    return ask


def task_of(session: Session, number: int) -> Task:
    """Return the task as it stands in the database."""
    session.rollback()
    session.expire_all()
    return session.get_one(Task, number)
