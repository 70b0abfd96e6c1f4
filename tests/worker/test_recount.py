"""The worker moves events to the days of an account's new time zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import pushes
from tests.worker.conftest import Ask, task_of
from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.ledger import recount
from wxchannels.models import Account, DayCounter, Recount, Task, TaskState
from wxchannels.worker.jobs import recount as job
from wxchannels.worker.runner import run_task

MIDNIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


@pytest.fixture
def task(client: FlaskClient, session: Session, account: Account) -> int:
    """Have a follow at midnight in Shanghai, then move the account to Berlin."""
    client.post(pushes.signed(), data=pushes.subscribe(at=MIDNIGHT))
    session.rollback()
    with transactions(write=True):
        recount.move_days(session, account, now=clock.utcnow())
        account.time_zone = "Europe/Berlin"
        session.commit()
        recounts = select(Task.id).where(Task.kind == "recount")
        number = session.scalars(recounts).one()
        session.rollback()
    return number


def counted(session: Session) -> dict[date, int]:
    session.rollback()
    rows = session.scalars(select(DayCounter).where(DayCounter.new_follows > 0))
    return {row.day: row.new_follows for row in rows}


def test_days_move_and_the_work_is_done(session: Session, task: int) -> None:
    run_task(task)

    assert counted(session) == {date(2026, 3, 2): 1}
    assert task_of(session, task).state == TaskState.DONE
    assert session.scalars(select(Recount)).one().finished_at


def test_long_work_goes_on_where_it_was(
    session: Session, task: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "SLICE", timedelta(0))

    run_task(task)

    assert task_of(session, task).state == TaskState.DUE
    assert session.scalars(select(Recount)).one().finished_at is None


def test_worker_waits_for_a_recount_at_the_command_line(
    session: Session, account: Account, task: int
) -> None:
    with transactions(write=True):
        recount.take(session, account, "command line", now=clock.utcnow())
        session.commit()

    run_task(task)

    waiting = task_of(session, task)
    assert waiting.state == TaskState.DUE
    assert waiting.due_at > clock.utcnow()
    assert counted(session) == {date(2026, 3, 3): 1}


def test_nothing_is_left_where_the_command_line_did_it(
    session: Session, account: Account, task: int
) -> None:
    with transactions(write=True):
        recount.take(session, account, "command line", now=clock.utcnow())
        now = clock.utcnow()
        while not recount.step(
            session, account, "command line", erase=True, now=now
        ).progress.is_finished:
            session.commit()
        session.commit()
        finished_at = session.scalars(select(Recount.finished_at)).one()

    run_task(task)

    session.rollback()
    assert session.scalars(select(Recount.finished_at)).one() == finished_at
    assert task_of(session, task).state == TaskState.DONE


def test_work_without_a_recount_is_done(session: Session, ask: Ask) -> None:
    number = ask("recount")

    run_task(number)

    assert task_of(session, number).state == TaskState.DONE


def test_zone_that_changes_meanwhile_begins_again(
    session: Session,
    account: Account,
    task: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The clock is asked for the claim, the job, the slice and then before the step:
    # there the zone changes once more.
    asked = iter([None, None, None, "Asia/Shanghai"])
    real = clock.utcnow

    def moving() -> datetime:
        zone = next(asked, None)
        if zone:
            recount.move_days(session, account, now=real())
            account.time_zone = zone
            session.commit()
        return real()

    monkeypatch.setattr(clock, "utcnow", moving)

    run_task(task)

    assert task_of(session, task).state == TaskState.DUE
