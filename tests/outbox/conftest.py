from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON
from wxchannels.models import Account
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask

Add = Callable[..., None]


@pytest.fixture
def add(session: Session, account: Account) -> Add:
    """Ask for work, `subject` by subject, with plain defaults."""

    def add(
        *subjects: str, kind: str = "lookup", due_at: datetime = NOON, **fields: object
    ) -> None:
        tasks = [
            NewTask(
                account_id=account.id,
                kind=kind,
                subject=subject,
                due_at=due_at,
                **fields,  # type: ignore[arg-type]
            )
            for subject in subjects
        ]
        queue.add_tasks(session, tasks)
        session.commit()

    return add
