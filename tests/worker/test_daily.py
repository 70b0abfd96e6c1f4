"""Nightly work: one row a kind, in the account's own night."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.models import Account, Task, TaskState
from wxchannels.outbox import leases
from wxchannels.outbox.leases import Trouble
from wxchannels.worker.daily import ensure_daily, next_night

DAY = timedelta(days=1)


def retention(session: Session, account: Account) -> list[Task]:
    session.expire_all()
    mine = select(Task).where(Task.account_id == account.id, Task.kind == "retention")
    return list(session.scalars(mine.order_by(Task.id)))


def claim(session: Session, task: Task, now: datetime) -> leases.Claimed:
    claimed = leases.claim(session, task.id, now=now)
    assert claimed
    return claimed


def test_night_is_the_accounts_own() -> None:
    at, noon = time(3, 40), datetime(2026, 3, 2, 12, tzinfo=UTC)

    shanghai = next_night("Asia/Shanghai", at, now=noon)
    new_york = next_night("America/New_York", at, now=noon)

    assert shanghai == datetime(2026, 3, 2, 19, 40, tzinfo=UTC)
    assert new_york == datetime(2026, 3, 3, 8, 40, tzinfo=UTC)


def test_each_account_has_its_nightly_work_in_line_once(
    session: Session, account: Account
) -> None:
    other = factories.account(session, "other", time_zone="America/New_York")

    ensure_daily(session, now=NOON)
    ensure_daily(session, now=NOON + DAY / 24)

    [mine], [theirs] = retention(session, account), retention(session, other)
    assert theirs.due_at < mine.due_at


def test_next_night_is_added_when_this_one_is_done(
    session: Session, account: Account
) -> None:
    ensure_daily(session, now=NOON)
    [first] = retention(session, account)
    leases.finish(session, claim(session, first, first.due_at), now=first.due_at)

    ensure_daily(session, now=first.due_at)

    [_, second] = retention(session, account)
    assert second.due_at == first.due_at + DAY


def test_nights_without_a_worker_are_one_night_in_the_end(
    session: Session, account: Account
) -> None:
    ensure_daily(session, now=NOON)

    ensure_daily(session, now=NOON + 5 * DAY)

    assert len(retention(session, account)) == 1


def test_parked_nightly_work_gets_a_new_try_the_next_night(
    session: Session, account: Account
) -> None:
    ensure_daily(session, now=NOON)
    [task] = retention(session, account)
    night = task.due_at
    leases.park(session, claim(session, task, night), Trouble(error="KeyError"))

    ensure_daily(session, now=night + DAY - timedelta(minutes=1))
    assert retention(session, account)[0].state == TaskState.PARKED
    ensure_daily(session, now=night + DAY)

    assert retention(session, account)[0].state == TaskState.DUE
