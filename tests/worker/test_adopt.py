"""The pushes of an adopted scene move as work, a slice at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.worker.conftest import task_of
from wxchannels.channels import adoption
from wxchannels.ledger import inbox
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, Channel, ScanEvent, Task, TaskState
from wxchannels.wechat.pushes import parse
from wxchannels.worker.jobs import adopt
from wxchannels.worker.runner import run_task


@pytest.fixture
def task(session: Session, account: Account) -> int:
    channel = factories.channel(session, "Counter")
    body = pushes.subscribe("old")
    delivery = Delivery(push=parse(body), body=body, received_at=NOON)
    inbox.receive(session, account.id, [delivery])
    adoption.adopt(session, account, "old", channel, at=NOON)
    session.commit()
    number = session.scalars(select(Task.id)).one()
    session.rollback()
    return number


def test_recorded_pushes_move(session: Session, task: int) -> None:
    run_task(task)

    assert task_of(session, task).state == TaskState.DONE
    counter = session.scalars(select(Channel.id)).one()
    assert session.scalars(select(ScanEvent.row_id)).all() == [counter]


def test_many_let_other_work_in_between(
    session: Session, task: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adopt, "SLICE", timedelta(0))

    run_task(task)

    assert task_of(session, task).state == TaskState.DUE
