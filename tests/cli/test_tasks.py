"""`tasks`: what is parked, with the reason, and sending it again."""

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON
from wxchannels.models import Account, AuditEntry, Task, TaskState
from wxchannels.outbox import leases, queue
from wxchannels.outbox.leases import Trouble
from wxchannels.outbox.queue import NewTask


@pytest.fixture
def numbers(session: Session, account: Account) -> list[int]:
    """Park two tasks and return their numbers."""
    trouble = Trouble(error="invalid appsecret", errcode=40125)
    for subject in ("1", "2"):
        task = NewTask(account_id=account.id, kind="bulk", subject=subject, due_at=NOON)
        queue.add_tasks(session, [task])
    found = list(session.scalars(select(Task.id)))
    for number in found:
        claimed = leases.claim(session, number, now=NOON)
        assert claimed
        leases.park(session, claimed, trouble)
    session.commit()
    return found


def states(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Task.state).order_by(Task.id)))


def test_parked_work_is_listed_with_its_reason(
    cli: FlaskCliRunner, numbers: list[int]
) -> None:
    result = cli.invoke(args=["tasks", "list"])

    first, _ = result.stdout.splitlines()
    assert first.startswith(f"{numbers[0]}  main  bulk  1  2026-03-02 04:00 UTC")
    assert "AppSecret is wrong (error 40125)" in first


@pytest.mark.usefixtures("numbers")
def test_nothing_waiting_is_said_so(cli: FlaskCliRunner) -> None:
    result = cli.invoke(
        args=["tasks", "list", "--account", "main", "--state", "waiting"]
    )

    assert result.stdout == ""
    assert "Nothing is waiting." in result.stderr


def test_one_is_sent_again_and_noted(
    cli: FlaskCliRunner, session: Session, numbers: list[int]
) -> None:
    result = cli.invoke(args=["tasks", "again", str(numbers[1])])

    assert result.stdout == "in line again: 1\n"
    assert states(session) == [TaskState.PARKED, TaskState.DUE]
    assert session.scalars(select(AuditEntry.action)).all() == ["task.again"]


@pytest.mark.usefixtures("numbers")
def test_all_are_sent_again(cli: FlaskCliRunner, session: Session) -> None:
    cli.invoke(args=["tasks", "again", "--all"])

    assert states(session) == [TaskState.DUE] * 2


def test_number_of_nothing_that_is_parked_is_told(
    cli: FlaskCliRunner, session: Session, numbers: list[int]
) -> None:
    result = cli.invoke(args=["tasks", "again", str(numbers[0]), str(2**63 - 1)])

    assert (result.exit_code, result.stdout) == (1, "in line again: 1\n")
    assert "Not all of them are parked" in result.stderr
    assert states(session) == [TaskState.DUE, TaskState.PARKED]


@pytest.mark.parametrize("number", ["0", "-1", str(2**63)])
def test_number_that_no_task_has_is_wrong_usage(
    cli: FlaskCliRunner, number: str
) -> None:
    assert cli.invoke(args=["tasks", "again", "--", number]).exit_code == 2


@pytest.mark.parametrize("arguments", [[], ["7", "--all"]])
def test_what_is_meant_has_to_be_said(
    cli: FlaskCliRunner, arguments: list[str]
) -> None:
    result = cli.invoke(args=["tasks", "again", *arguments])

    assert result.exit_code == 2
    assert "Name the tasks, or say --all." in result.stderr
