"""The account's days begin elsewhere: every event moves to the day it belongs to."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests import pushes
from tests.misreadings import find_misreadings
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.ledger import counters, recount
from wxchannels.models import Account, DayCounter, Recount, RecountReason, Task

#: Midnight in Shanghai, which in Berlin is five in the afternoon.
MIDNIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def two_days(app: Flask, account: Account) -> None:
    """Have two people follow and one leave, around midnight in Shanghai."""
    del account
    send(app, pushes.subscribe(openid="anna", at=MIDNIGHT - SECOND))
    send(app, pushes.subscribe(openid="bo", at=MIDNIGHT))
    send(app, pushes.unsubscribe(openid="bo", at=MIDNIGHT + timedelta(hours=9)))


def send(app: Flask, body: bytes) -> None:
    assert app.test_client().post(pushes.signed(), data=body).status_code == 200


def change_zone(session: Session, account: Account, zone: str) -> None:
    session.rollback()
    with transactions(write=True):
        recount.move_days(session, account, now=NOW)
        account.time_zone = zone
        session.commit()


def count_again(session: Session, account: Account) -> None:
    session.rollback()
    with transactions(write=True):
        recount.take(session, account, "a test", now=NOW)
        session.commit()
        while not recount.step(
            session, account, "a test", erase=True, now=NOW
        ).progress.is_finished:
            session.commit()
        session.commit()


def days(session: Session) -> dict[date, tuple[int, int]]:
    """Return new follows and unfollows by day, without days of nothing."""
    session.rollback()
    rows = session.scalars(select(DayCounter).order_by(DayCounter.day))
    found = {row.day: (row.new_follows, row.unfollows) for row in rows}
    return {day: figures for day, figures in found.items() if any(figures)}


def is_right(session: Session, account: Account) -> bool:
    session.rollback()
    misreadings = list(find_misreadings(session, account))
    return not misreadings and not counters.check(session, account.id)


@pytest.mark.usefixtures("two_days")
def test_events_move_to_the_days_of_the_new_zone(
    session: Session, account: Account
) -> None:
    before = days(session)

    change_zone(session, account, "Europe/Berlin")
    count_again(session, account)

    assert before == {date(2026, 3, 2): (1, 0), date(2026, 3, 3): (1, 1)}
    assert days(session) == {date(2026, 3, 2): (2, 0), date(2026, 3, 3): (0, 1)}
    assert is_right(session, account)


@pytest.mark.usefixtures("two_days")
def test_push_while_the_days_move_counts_on_its_new_day(
    app: Flask, session: Session, account: Account
) -> None:
    change_zone(session, account, "Europe/Berlin")

    send(app, pushes.subscribe(openid="cai", at=MIDNIGHT))
    send(app, pushes.subscribe(openid="bo", at=MIDNIGHT - timedelta(days=9)))
    count_again(session, account)

    assert days(session)[date(2026, 3, 2)] == (2, 0)
    assert days(session)[date(2026, 2, 21)] == (1, 0)
    assert is_right(session, account)


@pytest.mark.usefixtures("two_days")
def test_second_change_begins_again(session: Session, account: Account) -> None:
    change_zone(session, account, "Europe/Berlin")
    session.rollback()
    with transactions(write=True):
        recount.take(session, account, "a test", now=NOW)
        recount.step(session, account, "a test", erase=True, now=NOW)
        session.commit()

    change_zone(session, account, "Asia/Shanghai")
    count_again(session, account)

    assert days(session) == {date(2026, 3, 2): (1, 0), date(2026, 3, 3): (1, 1)}
    assert is_right(session, account)
    recounts = select(Task.subject).where(Task.kind == "recount")
    assert session.scalars(recounts).all() == ["days"]


@pytest.mark.usefixtures("two_days")
def test_recount_asked_for_meanwhile_is_still_that_of_the_zone(
    session: Session, account: Account
) -> None:
    change_zone(session, account, "Europe/Berlin")

    session.rollback()
    with transactions(write=True):
        day = date(2026, 3, 2)
        recount.take(session, account, "a test", start=day, end=day, now=NOW)
        session.commit()

    row = session.scalars(select(Recount)).one()
    assert row.reason == RecountReason.TIME_ZONE
    assert (row.first_day, row.last_day) == (None, None)


@pytest.fixture
def zone_changes_meanwhile(app: Flask, account: Account) -> Iterator[threading.Thread]:
    """Change the zone and count again as soon as a push has read its account."""
    account_id = account.id

    def move() -> None:
        with app.app_context():
            mine = db.session.get_one(Account, account_id)
            change_zone(db.session(), mine, "Europe/Berlin")
            count_again(db.session(), mine)
            db.session.remove()

    moves = threading.Thread(target=move)

    def arrive(*given: object) -> None:
        if "WHERE account.id = " in str(given[2]) and not moves.ident:
            moves.start()
            moves.join(2)

    engine = app.extensions["intake"].engine
    event.listen(engine, "after_cursor_execute", arrive)
    yield moves
    event.remove(engine, "after_cursor_execute", arrive)


@pytest.mark.usefixtures("two_days")
def test_push_on_its_way_is_moved_as_well(
    app: Flask,
    session: Session,
    account: Account,
    zone_changes_meanwhile: threading.Thread,
) -> None:
    session.rollback()

    send(app, pushes.subscribe(openid="bo", at=MIDNIGHT - SECOND * 5))
    zone_changes_meanwhile.join()

    session.expire_all()
    assert account.time_zone == "Europe/Berlin"
    assert days(session) == {date(2026, 3, 2): (2, 0), date(2026, 3, 3): (0, 1)}
    assert is_right(session, account)
