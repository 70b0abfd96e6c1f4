import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.commands import Command
from wxchannels import clock
from wxchannels.models import Account, Task
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask

SECONDS = 60
Start = Callable[..., Command]
#: Asks for work of a kind that is due now and returns its number.
Ask = Callable[..., int]


@pytest.fixture(autouse=True)
def application(app: Flask) -> Flask:
    """Do the work as the worker does: inside the application's context."""
    return app


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
        found = queue.find_open(session, account.id, kind, subject)
        assert found
        number = found.id
        session.rollback()
        return number

    return ask


def task_of(session: Session, number: int) -> Task:
    """Return the task as it stands in the database."""
    session.rollback()
    session.expire_all()
    return session.get_one(Task, number)


@pytest.fixture
def start(settings: dict[str, str]) -> Iterator[Start]:
    """Start worker processes and leave none behind."""
    running: list[Command] = []

    def start(**more: str) -> Command:
        running.append(Command({**os.environ, **settings, **more}, "worker"))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
