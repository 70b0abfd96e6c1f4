"""Codes in bulk are made by a worker: each asked for once, whatever happens."""

from collections.abc import Iterator

import pytest
import responses
from requests import ConnectionError as NetworkError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import wire
from tests.worker.conftest import task_of
from wxchannels import clock
from wxchannels.channels import bulk
from wxchannels.channels.check import check_rows
from wxchannels.channels.paste import read_rows
from wxchannels.models import (
    Account,
    BulkRun,
    Channel,
    QRCode,
    QRCodeState,
    Task,
    TaskState,
)
from wxchannels.worker.runner import run_task


@pytest.fixture
def wechat() -> Iterator[responses.RequestsMock]:
    with wire.wechat_on_the_wire() as wechat:
        yield wechat


@pytest.fixture
def run(session: Session, account: Account) -> BulkRun:
    """Order two channels with a code each."""
    rows = check_rows(session, account, read_rows("静安寺店\n徐家汇店"))
    run = bulk.start_run(session, account, None, rows, at=clock.utcnow())
    session.commit()
    return run


def work_of(session: Session, run: BulkRun) -> Task:
    session.rollback()
    work = bulk.find_work(session, run)
    assert work
    session.refresh(work)
    return work


def do(session: Session, run: BulkRun) -> Task:
    """Have a worker take a turn at the run."""
    number = work_of(session, run).id
    session.rollback()
    run_task(number)
    return task_of(session, number)


def states(session: Session) -> list[str]:
    return list(session.scalars(select(QRCode.state).order_by(QRCode.id)))


def test_worker_makes_what_was_ordered(
    session: Session, run: BulkRun, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)

    task = do(session, run)

    assert task.state == TaskState.DONE
    assert states(session) == [QRCodeState.ACTIVE] * 2
    session.refresh(run)
    assert run.finished_at
    assert run.leased_until is None
    assert len(wire.asked(wechat)) == 2


def test_used_up_quota_leaves_rows_waiting_for_tomorrow(
    session: Session, run: BulkRun, wechat: responses.RequestsMock
) -> None:
    wire.refuse(wechat, 45009)

    task = do(session, run)

    assert (task.state, task.errcode) == (TaskState.DUE, 45009)
    assert (task.due_at.hour, task.due_at.minute) == (16, 5)
    assert states(session) == [QRCodeState.PENDING] * 2
    assert len(wire.asked(wechat)) == 1


def test_broken_connection_is_tried_again_and_makes_no_second_channel(
    session: Session, run: BulkRun, wechat: responses.RequestsMock
) -> None:
    wechat.post(wire.CREATE, body=NetworkError())
    assert do(session, run).state == TaskState.DUE
    wechat.remove("POST", wire.CREATE)
    wire.issue(wechat)
    bulk.put_in_line(session, run, at=clock.utcnow())
    session.commit()

    task = do(session, run)

    assert task.state == TaskState.DONE
    assert len(session.scalars(select(Channel)).all()) == 2
    assert states(session) == [QRCodeState.ACTIVE] * 2


def test_no_permanent_codes_left_is_parked_for_a_person(
    session: Session, run: BulkRun, wechat: responses.RequestsMock
) -> None:
    wire.refuse(wechat, 45029)

    task = do(session, run)

    assert (task.state, task.errcode) == (TaskState.PARKED, 45029)


def test_page_that_drives_the_run_is_not_joined(
    session: Session, run: BulkRun, wechat: responses.RequestsMock
) -> None:
    assert bulk.take_lease(session, run, now=clock.utcnow())
    session.commit()

    task = do(session, run)

    assert (task.state, task.attempts) == (TaskState.DUE, 0)
    assert task.due_at > clock.utcnow()
    assert wire.asked(wechat) == []


def test_refused_rows_are_put_in_line_again(
    session: Session, run: BulkRun, wechat: responses.RequestsMock
) -> None:
    wire.refuse(wechat, 40053, "invalid action info")
    assert do(session, run).state == TaskState.DONE
    assert states(session) == [QRCodeState.PENDING] * 2
    wechat.remove("POST", wire.CREATE)
    wire.issue(wechat)

    bulk.try_again(session, run, at=clock.utcnow())
    session.commit()

    assert do(session, run).state == TaskState.DONE
    assert states(session) == [QRCodeState.ACTIVE] * 2
