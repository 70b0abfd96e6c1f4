"""Whoever tries our codes themselves: their pushes stay, and count in no figure."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.ledger.model import Model, Step, World, body, histories, receive, table_of
from tests.misreadings import find_misreadings
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.ledger import counters, testers
from wxchannels.ledger.followers import find_follower
from wxchannels.models import Account, DayCounter


def mark(world: World, openid: str, *, is_tester: bool) -> None:
    """Mark or unmark the person, if the ledger knows them."""
    person = find_follower(world.session, world.account, openid)
    if person:
        testers.mark(world.session, person, is_tester=is_tester)
        world.session.commit()


def figures_of(history: list[Step]) -> dict[str, tuple[int, ...]]:
    model = Model()
    for step in history:
        model.step(step)
    return model.table()


@pytest.mark.runs_again
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    histories,
    st.randoms(use_true_random=False),
    st.integers(1, 14),
    st.sampled_from(["anna", "bo"]),
)
def test_tester_is_in_no_figure_and_unmarked_in_all_of_them(
    history: list[Step], chance: object, marked_after: int, tester: str
) -> None:
    bodies = [body(n, step) for n, step in enumerate(history)]
    chance.shuffle(bodies)  # type: ignore[attr-defined]
    world = World()

    try:
        receive(world.session, world.account, bodies[:marked_after])
        mark(world, tester, is_tester=True)
        receive(world.session, world.account, bodies)
        # Whom the ledger did not know then, it does now; again, it changes nothing.
        mark(world, tester, is_tester=True)

        others = [step for step in history if step.person != tester]
        assert table_of(world.report()) == figures_of(others)
        world.assert_sound()

        mark(world, tester, is_tester=False)
        assert table_of(world.report()) == figures_of(history)
        world.assert_sound()
    finally:
        world.close()


def test_only_what_changes_something_is_a_change(
    app: Flask, session: Session, account: Account
) -> None:
    send(app, session, pushes.subscribe(openid="anna"))

    changes = [mark_anna(session, account, is_tester=one) for one in (1, 1, 0, 0)]

    assert changes == [True, False, True, False]


def send(app: Flask, session: Session, push: bytes) -> None:
    session.rollback()
    assert app.test_client().post(pushes.signed(), data=push).status_code == 200


def mark_anna(session: Session, account: Account, *, is_tester: bool | int) -> bool:
    session.rollback()
    with transactions(write=True):
        anna = find_follower(session, account, "anna")
        assert anna
        is_changed = testers.mark(session, anna, is_tester=bool(is_tester))
        session.commit()
    return is_changed


@contextmanager
def meanwhile(engine: Engine, do: Callable[[], None]) -> Iterator[None]:
    """Do something else as soon as the person's events have been read."""
    other = threading.Thread(target=do)

    def begin(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if "FROM scan_event" in given[2] and not other.ident:
            other.start()
            other.join(0.3)

    event.listen(engine, "after_cursor_execute", begin)
    yield
    event.remove(engine, "after_cursor_execute", begin)
    assert other.ident, "nobody read the events"
    other.join()


def new_follows_and_scans(session: Session) -> list[tuple[int, int]]:
    session.rollback()
    return [(one.new_follows, one.scans) for one in session.query(DayCounter)]


@pytest.fixture
def anna_follows(app: Flask, session: Session, account: Account) -> None:
    """Have anna follow by a code."""
    del account
    factories.qrcode(session, "counter")
    send(app, session, pushes.subscribe("counter", openid="anna"))


@pytest.mark.usefixtures("anna_follows")
def test_push_that_comes_while_somebody_is_marked_counts_nowhere(
    app: Flask, session: Session, account: Account
) -> None:
    scan = pushes.scan("counter", openid="anna", at=NOON)

    def push() -> None:
        assert app.test_client().post(pushes.signed(), data=scan).status_code == 200

    with meanwhile(db.engine, push):
        mark_anna(session, account, is_tester=True)

    assert_in_no_figure_until_unmarked(session, account)


@pytest.mark.usefixtures("anna_follows")
def test_who_is_marked_while_a_push_of_theirs_is_recorded_counts_nowhere(
    app: Flask, session: Session, account: Account
) -> None:
    account_id = account.id

    def marks() -> None:
        with app.app_context():
            mine = db.session()
            mark_anna(mine, mine.get_one(Account, account_id), is_tester=True)
            db.session.remove()

    with meanwhile(app.extensions["intake"].engine, marks):
        send(app, session, pushes.scan("counter", openid="anna", at=NOON))

    assert_in_no_figure_until_unmarked(session, account)


def assert_in_no_figure_until_unmarked(session: Session, account: Account) -> None:
    assert new_follows_and_scans(session) == [(0, 0)]
    assert counters.check(session, account.id) == []

    mark_anna(session, account, is_tester=False)

    assert new_follows_and_scans(session) == [(1, 2)]
    assert counters.check(session, account.id) == []
    assert list(find_misreadings(session, account)) == []
