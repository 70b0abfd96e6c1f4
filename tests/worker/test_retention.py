"""What was kept long enough goes every night, a little at a time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tests import factories
from tests.worker.conftest import Ask, task_of
from wxchannels import clock
from wxchannels.models import (
    Account,
    AuditEntry,
    CallRefusal,
    RawPush,
    Task,
    TaskState,
    UserSession,
)
from wxchannels.people import audit, sign_in
from wxchannels.worker.jobs import retention
from wxchannels.worker.runner import run_task

DAY = timedelta(days=1)


def push(session: Session, account: Account, number: int, at: datetime) -> None:
    row = {
        "account_id": account.id,
        "push_key": number.to_bytes(32),
        "kind": "event/SCAN",
        "happened_at": at,
        "received_at": at,
        "body": b"<xml/>",
    }
    session.execute(insert(RawPush), [row])


def test_raw_pushes_end_after_their_days(
    session: Session, account: Account, ask: Ask
) -> None:
    now = clock.utcnow()
    for number, age in enumerate([91 * DAY, 90 * DAY - timedelta(minutes=1)]):
        push(session, account, number, now - age)

    run_task(ask("retention"))

    kept = session.scalars(select(RawPush.push_key)).all()
    assert kept == [(1).to_bytes(32)]


def test_another_accounts_pushes_are_left_to_its_own_night(
    session: Session, ask: Ask
) -> None:
    other = factories.account(session, "other")
    push(session, other, 1, clock.utcnow() - 100 * DAY)

    run_task(ask("retention"))

    assert session.scalar(select(func.count(RawPush.id))) == 1


def test_finished_work_old_refusals_and_ended_sessions_go_too(
    session: Session, account: Account, ask: Ask
) -> None:
    now = clock.utcnow()
    for subject, age in (("old", 31 * DAY), ("new", 29 * DAY)):
        done = Task(account_id=account.id, kind="tag", subject=subject)
        done.state, done.wanted_at, done.due_at = TaskState.DONE, now, now
        done.finished_at = now - age
        session.add(done)
    ended = UserSession(session_hash=b"1" * 32, content=b"{}", created_at=now)
    ended.expires_at = now - DAY
    session.add(ended)
    for errcode, age in ((45009, 31 * DAY), (45011, 29 * DAY)):
        refused = CallRefusal(account_id=account.id, path="/cgi-bin/x", errmsg="")
        refused.errcode, refused.times = errcode, 1
        refused.first_at = refused.last_at = now - age
        session.add(refused)

    run_task(ask("retention"))

    session.rollback()
    assert session.scalars(select(CallRefusal.errcode)).all() == [45011]
    left = session.scalars(select(Task.subject).where(Task.kind == "tag")).all()
    assert left == ["new"]
    assert session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_refused_sign_ins_go_and_what_users_did_stays(
    session: Session, account: Account, ask: Ask
) -> None:
    ann, long_ago = factories.user(session), clock.utcnow() - 91 * DAY
    sign_in.note_refusal(session, ann, "192.0.2.1", at=long_ago)
    sign_in.note_refusal(session, None, "192.0.2.2", at=long_ago + 2 * DAY)
    sign_in.enter(session, ann, at=long_ago)
    audit.note(session, ann, "channel.open", account=account, at=long_ago)
    session.commit()

    run_task(ask("retention"))

    session.rollback()
    kept = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert kept == ["user.refuse", "user.sign_in", "channel.open"]


def test_much_to_delete_is_deleted_in_slices(
    session: Session, account: Account, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "SLICE", timedelta(0))
    for number in range(5):
        push(session, account, number, clock.utcnow() - 100 * DAY)
    number = ask("retention")

    run_task(number)

    assert task_of(session, number).state == TaskState.DUE
    assert session.scalar(select(func.count(RawPush.id))) == 3
    session.rollback()
    run_task(number)
    run_task(number)
    assert task_of(session, number).state == TaskState.DONE
    assert session.scalar(select(func.count(RawPush.id))) == 0
