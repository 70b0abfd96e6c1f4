"""Work is asked for once, given to one, and finished by whoever still holds it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from tests.outbox.conftest import Add
from wxchannels import database
from wxchannels.models import Account, Task, TaskState
from wxchannels.outbox import leases, queue
from wxchannels.outbox.leases import LEASE, Claimed, LeaseLostError, Trouble
from wxchannels.outbox.queue import NewTask

MINUTE = timedelta(minutes=1)
TROUBLE = Trouble(error="TimeoutError")


def due(session: Session, *kinds: str) -> list[str]:
    numbers = leases.list_due(session, kinds or ("lookup",), limit=10, now=NOON)
    return [session.get_one(Task, number).subject for number in numbers]


def take(session: Session, now: object = NOON) -> Claimed:
    [task] = session.scalars(select(Task))
    claimed = leases.claim(session, task.id, now=now)  # type: ignore[arg-type]
    assert claimed
    session.commit()
    return claimed


def the_task(session: Session) -> Task:
    session.expire_all()
    return session.scalars(select(Task)).one()


def test_same_work_is_asked_for_once(session: Session, add: Add) -> None:
    add("event 1", "event 2", due_at=NOON)
    add("event 2", "event 3", due_at=NOON + MINUTE)

    subjects = session.scalars(select(Task.subject).order_by(Task.id)).all()

    assert subjects == ["event 1", "event 2", "event 3"]


def test_same_work_may_be_asked_for_again_once_it_is_done(
    session: Session, add: Add
) -> None:
    add("event 1")
    leases.finish(session, take(session), now=NOON)

    add("event 1")

    states = session.scalars(select(Task.state).order_by(Task.id)).all()
    assert states == [TaskState.DONE, TaskState.DUE]


def test_each_account_and_kind_asks_for_itself(
    session: Session, account: Account, add: Add
) -> None:
    other = factories.account(session, "other")
    add("event 1")
    add("event 1", kind="tag")

    task = NewTask(account_id=other.id, kind="lookup", subject="event 1", due_at=NOON)
    queue.add_tasks(session, [task])

    accounts = session.scalars(select(Task.account_id).order_by(Task.id)).all()
    assert accounts == [account.id, account.id, other.id]


def test_work_is_given_out_in_the_order_in_which_it_is_due(
    session: Session, add: Add
) -> None:
    add("late", due_at=NOON)
    add("early", due_at=NOON - MINUTE)
    add("not yet", due_at=NOON + MINUTE)
    add("other kind", kind="tag", due_at=NOON - MINUTE)

    assert due(session, "lookup") == ["early", "late"]


def test_claim_tells_what_is_to_be_done(session: Session, add: Add) -> None:
    add("event 1", payload={"scene": "柜台"})

    claimed = take(session)

    assert (claimed.subject, claimed.payload) == ("event 1", {"scene": "柜台"})
    assert claimed.attempts == 1


def test_payload_is_sealed_in_the_database(session: Session, add: Add) -> None:
    add("event 1", payload={"scene": "counter"})

    stored = session.scalars(text("SELECT payload FROM task")).one()

    assert b"counter" not in bytes(stored)


def test_claimed_work_is_nobody_elses(session: Session, add: Add) -> None:
    add("event 1")
    claimed = take(session)

    again = leases.claim(session, claimed.id, now=NOON + LEASE - MINUTE)

    assert again is None
    assert due(session) == []


def test_work_of_a_dead_worker_is_given_out_after_its_lease(
    session: Session, add: Add
) -> None:
    add("event 1")
    first = take(session)

    assert list(leases.list_due(session, ["lookup"], limit=10, now=NOON + LEASE)) == [
        first.id
    ]
    second = take(session, NOON + LEASE)

    assert second.attempts == 2


def test_whoever_lost_the_lease_writes_nothing(session: Session, add: Add) -> None:
    add("event 1")
    slow = take(session)
    quick = take(session, NOON + LEASE)
    leases.finish(session, quick, now=NOON + LEASE)
    session.commit()

    with pytest.raises(LeaseLostError):
        leases.finish(session, slow, now=NOON + LEASE)


def test_finished_work_keeps_nothing_of_the_person(session: Session, add: Add) -> None:
    add("event 1", payload={"openid": "anna"})

    leases.finish(session, take(session), now=NOON)

    task = the_task(session)
    assert (task.state, task.payload, task.open_key) == (TaskState.DONE, None, None)
    assert task.finished_at == NOON


def test_postponed_work_waits_and_says_why(session: Session, add: Add) -> None:
    add("event 1")

    trouble = Trouble(error="reach max api daily quota limit", errcode=45009)
    leases.postpone(session, take(session), trouble, until=NOON + MINUTE)

    assert due(session) == []
    task = the_task(session)
    assert (task.due_at, task.errcode) == (NOON + MINUTE, 45009)
    assert task.wanted_at == NOON


def test_parked_work_waits_for_a_person(session: Session, add: Add) -> None:
    add("event 1")
    leases.park(session, take(session), TROUBLE)
    assert due(session) == []

    number = queue.send_again(session, the_task(session).account_id, None, now=NOON)

    assert number == 1
    assert due(session) == ["event 1"]
    assert the_task(session).attempts == 0


def test_only_the_parked_work_that_is_named_is_sent_again(
    session: Session, add: Add
) -> None:
    add("event 1", "event 2")
    parked = list(session.scalars(select(Task)))
    for task in parked:
        claimed = leases.claim(session, task.id, now=NOON)
        assert claimed
        leases.park(session, claimed, TROUBLE)

    queue.send_again(session, parked[0].account_id, [parked[1].id], now=NOON)

    assert due(session) == [parked[1].subject]


def test_another_accounts_parked_work_is_left_alone(session: Session, add: Add) -> None:
    other = factories.account(session, "other")
    add("event 1")
    leases.park(session, take(session), TROUBLE)

    assert queue.send_again(session, other.id, None, now=NOON) == 0


def test_part_of_the_work_done_begins_the_tries_anew(
    session: Session, add: Add
) -> None:
    add("event 1")

    leases.go_on(session, take(session), at=NOON)

    assert due(session) == ["event 1"]
    assert the_task(session).attempts == 0


def test_used_up_quota_holds_all_work_of_its_kind(session: Session, add: Add) -> None:
    add("event 1", "event 2")
    add("event 1", kind="tag")

    account_id = session.scalars(select(Task.account_id)).first()
    assert account_id
    queue.hold(session, account_id, "lookup", until=NOON + MINUTE)

    assert due(session, "lookup", "tag") == ["event 1"]


def test_work_goes_to_one_of_many_who_want_it(session: Session, add: Add) -> None:
    add(*[f"event {number}" for number in range(8)])
    numbers = list(session.scalars(select(Task.id)))
    session.rollback()
    engine, together = session.get_bind().engine, Barrier(4)

    def claim_all(_: int) -> list[int]:
        together.wait()
        return _claim_all(engine, numbers)

    with ThreadPoolExecutor(4) as threads:
        claimed = [one for some in threads.map(claim_all, range(4)) for one in some]

    assert sorted(claimed) == numbers


def _claim_all(engine: Engine, numbers: Sequence[int]) -> list[int]:
    """Claim what can be had, a commit each, as a worker does."""
    won = []
    with database.transactions(write=True), Session(engine) as session:
        for number in numbers:
            if leases.claim(session, number, now=NOON):
                won.append(number)
            session.commit()
    return won
