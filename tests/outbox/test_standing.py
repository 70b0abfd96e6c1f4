"""What the operator is told of the work that waits."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.outbox.conftest import Add
from wxchannels.models import Account, Task
from wxchannels.outbox import leases, standing
from wxchannels.outbox.leases import Trouble

HOUR = timedelta(hours=1)


def test_nothing_waits_where_nothing_was_asked_for(session: Session) -> None:
    lag = standing.lag(session, now=NOON)

    assert (lag.waiting, lag.parked, lag.seconds, lag.is_manned) == (0, 0, 0.0, False)


def test_lag_is_the_age_of_what_waits_longest(session: Session, add: Add) -> None:
    add("event 1", due_at=NOON - 2 * HOUR)
    add("event 2", due_at=NOON - HOUR)
    add("tomorrow", due_at=NOON + HOUR)

    lag = standing.lag(session, now=NOON)

    assert (lag.waiting, lag.seconds) == (2, 7200.0)


def test_parked_work_is_counted_apart(
    session: Session, account: Account, add: Add
) -> None:
    add("event 1", "event 2")
    first = session.scalars(select(Task.id)).first()
    assert first
    claimed = leases.claim(session, first, now=NOON)
    assert claimed
    leases.park(session, claimed, Trouble(error="TimeoutError"))

    lag = standing.lag(session, account.id, now=NOON)

    assert (lag.waiting, lag.parked) == (1, 1)
    assert standing.lag(session, account.id + 1, now=NOON).waiting == 0


def test_worker_is_missed_a_minute_after_it_was_seen(session: Session) -> None:
    standing.see_worker(session, "host:1", now=NOON)

    minute = timedelta(minutes=1)
    late = NOON + minute + minute / 60
    assert standing.is_manned(session, now=NOON + minute)
    assert standing.lag(session, now=NOON + minute).is_manned
    assert not standing.is_manned(session, now=late)
    assert not standing.lag(session, now=late).is_manned


def test_workers_come_and_go(session: Session) -> None:
    standing.see_worker(session, "old", now=NOON - timedelta(days=8))
    standing.see_worker(session, "one", now=NOON - HOUR)
    standing.see_worker(session, "one", now=NOON)
    standing.see_worker(session, "two", now=NOON + HOUR)

    standing.dismiss_worker(session, "two")

    [worker] = standing.list_workers(session)
    assert (worker.name, worker.started_at, worker.seen_at) == (
        "one",
        NOON - HOUR,
        NOON,
    )
