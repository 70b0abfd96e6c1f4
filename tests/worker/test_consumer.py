"""The worker as the process it is: finds what is due, ends when told, dies safely."""

import os
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.customer import listening
from tests.worker.conftest import Ask, Start, task_of, wait_until
from wxchannels import clock
from wxchannels.models import Account, EventType, Task, TaskState
from wxchannels.outbox import standing
from wxchannels.webhooks import events
from wxchannels.worker.consumer import Beat, open_work
from wxchannels.worker.waking import FILE


def is_manned(session: Session) -> bool:
    session.rollback()
    return standing.lag(session, now=clock.utcnow()).is_manned


def test_worker_does_what_is_due_and_ends_when_told(
    session: Session, ask: Ask, start: Start
) -> None:
    number = ask("retention")

    worker = start()

    wait_until(lambda: task_of(session, number).state == TaskState.DONE)
    assert is_manned(session)
    told_at = time.monotonic()
    worker.terminate()
    assert worker.wait(10) == 0
    assert time.monotonic() - told_at < 10
    assert not is_manned(session)


def test_two_workers_do_each_task_once(
    session: Session, ask: Ask, start: Start
) -> None:
    numbers = [ask("retention", f"part {number}") for number in range(20)]

    start()
    start()

    wait_until(
        lambda: all(task_of(session, n).state == TaskState.DONE for n in numbers)
    )
    attempts = session.scalars(select(Task.attempts).where(Task.id.in_(numbers)))
    assert set(attempts) == {1}


def test_nightly_work_is_in_line_as_soon_as_a_worker_is_there(
    session: Session, account: Account, start: Start
) -> None:
    session.rollback()

    start()

    def is_in_line() -> bool:
        session.rollback()
        return "daily" in session.scalars(
            select(Task.open_key).where(Task.account_id == account.id)
        )

    wait_until(is_in_line)


@pytest.fixture
def beat(app: Flask) -> Beat:
    return Beat(app, open_work(app), Event())


def test_numbers_that_were_lost_on_the_way_are_handed_out_again(
    ask: Ask, beat: Beat
) -> None:
    ask("retention")
    beat.beat()
    assert beat.huey.pending_count() == 1
    beat.huey.flush()

    beat.beat()

    assert beat.huey.pending_count() == 1


def test_numbers_are_not_piled_up_while_nobody_takes_them(ask: Ask, beat: Beat) -> None:
    ask("retention")

    beat.beat()
    beat.beat()

    assert beat.huey.pending_count() == 1


def test_handed_out_number_does_the_task(
    session: Session, ask: Ask, beat: Beat
) -> None:
    number = ask("retention")
    beat.beat()

    beat.huey.execute(beat.huey.dequeue())

    assert task_of(session, number).state == TaskState.DONE


def test_work_goes_on_while_redis_is_away(
    app: Flask, session: Session, ask: Ask
) -> None:
    number = ask("retention")
    app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"
    beat = Beat(app, open_work(app), Event())

    beat.beat()

    assert task_of(session, number).state == TaskState.DONE


def test_work_goes_on_while_the_queues_file_is_broken(
    app: Flask,
    session: Session,
    ask: Ask,
    beat: Beat,
    caplog: pytest.LogCaptureFixture,
) -> None:
    number = ask("retention")
    with closing(sqlite3.connect(app.config["SPOOL_DIR"] / FILE)) as file:
        file.execute("DROP TABLE task")

    beat.beat()
    beat.beat()

    assert task_of(session, number).state == TaskState.DONE
    assert caplog.messages.count("the queue does not answer: OperationalError") == 1


class Stumbling(Beat):
    """Meets whatever a disk can say, twice each."""

    troubles = (OSError, OSError, sqlite3.DatabaseError, sqlite3.DatabaseError)
    beats = 0

    def beat(self) -> None:
        self.beats += 1
        if self.beats <= len(self.troubles):
            raise self.troubles[self.beats - 1]
        super().beat()


def test_beat_survives_any_error_and_says_it_once(
    app: Flask, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    ask("retention")
    ended = Event()
    ended.set()  # Waits for nothing between the beats.
    beat = Stumbling(app, open_work(app), ended)

    for _ in range(5):
        beat.loop()

    assert [line for line in caplog.messages if "stumbled" in line] == [
        "the beat stumbled: OSError",
        "the beat stumbled: DatabaseError",
    ]
    assert beat.huey.pending_count() == 1


def test_beat_that_ended_is_followed_by_another(app: Flask, ask: Ask) -> None:
    do = open_work(app)
    Beat(app, do, Event())
    ask("retention")

    second = Beat(app, do, Event())
    second.beat()

    assert second.huey.pending_count() == 1


def test_what_the_spool_set_aside_ends_with_raw_pushes_of_its_age(
    app: Flask, beat: Beat, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = app.config["SPOOL_DIR"] / "damaged-1.sqlite3"
    damaged.write_bytes(b"?")
    old = (clock.utcnow() - timedelta(days=91)).timestamp()
    os.utime(damaged, (old, old))

    beat.beat()

    assert not damaged.exists()
    says = "kept long enough, deleted unseen: 1 damaged files, 0 pushes"
    assert says in caplog.messages


def test_day_without_a_worker_is_caught_up_in_order(
    session: Session, ask: Ask, beat: Beat
) -> None:
    late = ask("retention", "late")
    early = ask("retention", "early")
    session.get_one(Task, early).due_at -= timedelta(days=1)
    session.commit()
    assert standing.lag(session, now=clock.utcnow()).seconds > 86_000
    session.rollback()

    beat.beat()

    handed_out = [beat.huey.dequeue().args[0] for _ in range(2)]
    assert handed_out == [early, late]


def test_worker_finds_what_waits_for_other_systems(
    session: Session, account: Account, start: Start
) -> None:
    with listening() as customer:
        customer.secret = factories.webhook(session, account, customer.url).secret
        event = events.NewEvent(
            id="push-1",
            type=EventType.SCAN,
            follower_id=None,
            happened_at=factories.NOON,
            recorded_at=factories.NOON,
        )
        events.tell(session, account.id, [event])
        session.commit()

        start(WXCHANNELS_WEBHOOK_ALLOWED_HOSTS="127.0.0.1")

        wait_until(lambda: customer.types == ["scan"])
