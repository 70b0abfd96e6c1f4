"""Numbers counted again in steps, beside an intake that goes on."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select, text, update
from sqlalchemy.orm import Session

from tests import pushes
from tests.factories import NOON
from tests.misreadings import find_misreadings
from wxchannels.database import snapshot, transactions
from wxchannels.ledger import counters, rebuild, recount
from wxchannels.ledger.recount import RecountLostError, RecountRunningError, Step
from wxchannels.models import (
    Account,
    DayCounter,
    EventClass,
    Follower,
    Recount,
    RecountReason,
    ScanEvent,
)

WITHOUT_UNIQUE_KEY = (
    "CREATE TABLE loose AS SELECT * FROM scan_event",
    "UPDATE loose SET id = 4711",
    "INSERT INTO loose SELECT * FROM scan_event",
    "DROP TABLE scan_event",
    "ALTER TABLE loose RENAME TO scan_event",
)
DAY = timedelta(days=1)
LATER = NOON + timedelta(days=30)


def send(app: Flask, *bodies: bytes) -> None:
    for body in bodies:
        assert app.test_client().post(pushes.signed(), data=body).status_code == 200


@contextmanager
def writing(session: Session) -> Iterator[None]:
    session.rollback()
    with transactions(write=True):
        yield
        session.commit()


def take(session: Session, account: Account, holder: str = "a", **days: date) -> None:
    with writing(session):
        recount.take(session, account, holder, now=LATER, **days)


def steps(
    session: Session, account: Account, holder: str = "a", *, erase: bool = True
) -> Iterator[Step]:
    while True:
        with writing(session):
            step = recount.step(session, account, holder, erase=erase, now=LATER)
        yield step
        if step.progress.is_finished:
            return


def spoil(session: Session, **figures: int) -> None:
    """Let every counter and every class say something wrong."""
    with writing(session):
        session.execute(update(DayCounter).values(**figures))
        session.execute(update(ScanEvent).values(class_=EventClass.REFOLLOW))


def is_right(session: Session, account: Account) -> bool:
    session.rollback()
    misreadings = list(find_misreadings(session, account))
    return not misreadings and not counters.check(session, account.id)


def counted(session: Session) -> dict[date, int]:
    """Return the new follows of each day, in no channel."""
    session.rollback()
    rows = session.scalars(select(DayCounter).order_by(DayCounter.day))
    return {row.day: row.new_follows for row in rows}


@contextmanager
def meanwhile(session: Session, mark: str, act: Callable[[], None]) -> Iterator[None]:
    """Do `act` in another thread as soon as `session` has sent a statement with `mark`.

    Where the database lets it wait for us, we go on.
    """
    thread = threading.Thread(target=act)

    def arrive(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        ours = threading.current_thread() is threading.main_thread()
        if ours and mark in str(given[2]) and not thread.ident:
            thread.start()
            thread.join(1)

    engine = session.get_bind()
    assert isinstance(engine, Engine)
    event.listen(engine, "after_cursor_execute", arrive)
    yield
    event.remove(engine, "after_cursor_execute", arrive)
    assert thread.ident, "it never came to this"
    thread.join()


def test_what_is_wrong_is_put_right_and_told(
    app: Flask, session: Session, account: Account
) -> None:
    send(app, pushes.subscribe(), pushes.subscribe(openid="bo", at=NOON + DAY))
    spoil(session, new_follows=7)

    take(session, account)
    done = list(steps(session, account))

    assert [one.what for step in done for one in step.misreadings] == [["events"]] * 2
    found = [
        (one.day, one.counted, one.ledger)
        for step in done
        for one in step.differences
        if one.column == "new_follows"
    ]
    assert found == [(date(2026, 3, 2), 8, 1), (date(2026, 3, 3), 8, 1)]
    assert counted(session) == {date(2026, 3, 2): 1, date(2026, 3, 3): 1}
    assert is_right(session, account)


@pytest.mark.parametrize("erase", [True, False])
def test_who_left_after_all_leaves_an_openid_behind_only_where_that_is_wanted(
    app: Flask, session: Session, account: Account, *, erase: bool
) -> None:
    send(app, pushes.subscribe(), pushes.unsubscribe(at=NOON + DAY))
    with writing(session):
        session.execute(update(Follower).values(following=True, openid="anna"))

    take(session, account)
    list(steps(session, account, erase=erase))

    session.rollback()
    [anna] = session.scalars(select(Follower))
    assert (anna.following, anna.openid) == (False, None if erase else "anna")


def test_only_the_days_asked_for_are_counted(
    app: Flask, session: Session, account: Account
) -> None:
    for number, name in enumerate("abc"):
        send(app, pushes.subscribe(openid=name, at=NOON + number * DAY))
    with writing(session):
        session.execute(update(DayCounter).values(new_follows=7))

    take(session, account, start=date(2026, 3, 3), end=date(2026, 3, 3))
    list(steps(session, account))

    assert list(counted(session).values()) == [7, 1, 7]


@pytest.mark.parametrize("mark", ["FROM day_counter", "FROM scan_event"])
def test_push_in_the_middle_of_a_step_is_counted_once(
    app: Flask, session: Session, account: Account, mark: str
) -> None:
    send(app, pushes.subscribe())
    spoil(session, new_follows=7)
    late = pushes.subscribe(openid="bo", at=NOON - timedelta(hours=1))
    take(session, account)

    with meanwhile(session, mark, lambda: send(app, late)):
        list(steps(session, account))

    assert counted(session) == {date(2026, 3, 2): 2}
    assert is_right(session, account)


def test_pushes_keep_coming_while_everything_is_counted_again(
    app: Flask, session: Session, account: Account
) -> None:
    names = [f"o{number}" for number in range(40)]
    send(app, *[pushes.subscribe(openid=name) for name in names])
    spoil(session, new_follows=999)
    is_over = threading.Event()

    def come() -> None:
        for number, name in enumerate(itertools.cycle(names)):
            if is_over.is_set():
                return
            # Before the follow, on the days already counted, and after it.
            at = NOON + timedelta(hours=(number * 7) % 96 - 48)
            send(app, pushes.unsubscribe(openid=name, at=at))

    thread = threading.Thread(target=come)
    thread.start()
    for round_ in range(3):
        take(session, account, f"holder {round_}")
        list(steps(session, account, f"holder {round_}"))
        with writing(session):
            session.execute(update(Recount).values(leased_until=None))
        with snapshot(session):
            assert counters.check(session, account.id) == []
            assert list(find_misreadings(session, account)) == []
    is_over.set()
    thread.join()

    assert is_right(session, account)


def test_look_sees_a_push_between_its_questions_whole_or_not_at_all(
    app: Flask, session: Session, account: Account
) -> None:
    send(app, pushes.subscribe())
    leaves = pushes.unsubscribe(at=NOON + DAY)

    with (
        meanwhile(session, "FROM follower", lambda: send(app, leaves)),
        snapshot(session),
    ):
        page = rebuild.look(session, account, after=0)

    assert page.misreadings == []
    assert is_right(session, account)


def test_second_recount_is_refused_while_the_first_is_at_it(
    app: Flask, session: Session, account: Account
) -> None:
    send(app, pushes.subscribe())
    take(session, account, "a")

    with pytest.raises(RecountRunningError):
        take(session, account, "b")

    session.rollback()
    assert list(steps(session, account, "a"))[-1].progress.is_finished


def test_lease_of_a_dead_one_is_taken_over_where_it_stopped(
    app: Flask, session: Session, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "PAGE", 1)
    send(app, *[pushes.subscribe(openid=name) for name in ("anna", "bo", "cai")])
    take(session, account, "a")
    next(steps(session, account, "a"))

    with writing(session):
        after = LATER + recount.LEASE
        progress = recount.take(session, account, "b", now=after)
    done = list(steps(session, account, "b"))

    assert progress.people_done == 1
    assert done[-1].progress.people_done == 3
    with pytest.raises(RecountLostError):
        next(steps(session, account, "a"))
    session.rollback()


def test_other_days_asked_for_are_counted_with_those_still_open(
    app: Flask, session: Session, account: Account
) -> None:
    for number, name in enumerate("abcd"):
        send(app, pushes.subscribe(openid=name, at=NOON + number * DAY))
    with writing(session):
        session.execute(update(DayCounter).values(new_follows=7))
    take(session, account, start=date(2026, 3, 2), end=date(2026, 3, 2))

    take(session, account, start=date(2026, 3, 4), end=date(2026, 3, 4))
    list(steps(session, account))

    assert list(counted(session).values()) == [1, 1, 1, 7]


def test_finished_recount_begins_anew(
    app: Flask, session: Session, account: Account
) -> None:
    send(app, pushes.subscribe())
    take(session, account)
    list(steps(session, account))
    spoil(session, new_follows=7)

    take(session, account)
    list(steps(session, account))

    assert is_right(session, account)


def test_recount_asked_for_meanwhile_ends_the_one_at_it(
    app: Flask, session: Session, account: Account
) -> None:
    send(app, pushes.subscribe())
    take(session, account, "a")

    with writing(session):
        recount.ask(session, account, RecountReason.TIME_ZONE, now=LATER)

    with pytest.raises(RecountLostError):
        next(steps(session, account, "a"))
    take(session, account, "b")
    row = recount.find_recount(session, account)
    assert row
    assert row.reason == RecountReason.TIME_ZONE


def test_push_stored_twice_is_found(
    app: Flask, session: Session, account: Account, database_url: str
) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("the test takes the unique key away, from a file of its own")
    send(app, pushes.subscribe())
    with writing(session):
        for statement in WITHOUT_UNIQUE_KEY:
            session.execute(text(statement))

    [found] = find_misreadings(session, account)

    assert "doubled pushes" in found.what
