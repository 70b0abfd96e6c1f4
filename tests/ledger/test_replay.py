"""Raw pushes received again bring back what the ledger lost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.misreadings import find_misreadings
from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.intake.parking import park
from wxchannels.ledger import counters, replay
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.replay import Kept
from wxchannels.models import Account, DayCounter, Follower, RawPush, ScanEvent
from wxchannels.statements import count_changed
from wxchannels.wechat.pushes import parse

ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
DAY = timedelta(days=1)


def send(app: Flask, *bodies: bytes) -> None:
    for body in bodies:
        assert app.test_client().post(pushes.signed(), data=body).status_code == 200


@pytest.fixture
def history(app: Flask, session: Session, account: Account) -> None:
    """Have four people follow, one of them no more."""
    del account
    factories.qrcode(session, "counter")
    send(
        app,
        pushes.subscribe("counter", openid="anna"),
        pushes.subscribe(openid="bo"),
        pushes.scan("counter", openid="bo", at=NOON + DAY),
        pushes.subscribe("elsewhere", openid="cai", at=NOON + DAY),
        pushes.subscribe(openid="dan"),
        pushes.unsubscribe(openid="dan", at=NOON + DAY),
        pushes.text("how much is the tea?", openid="bo"),
    )
    session.rollback()


def kept(session: Session, account: Account) -> Sequence[Kept]:
    session.rollback()
    return replay.list_kept(session, account, *ALWAYS)


def again(session: Session, account: Account, kept: Sequence[Kept]) -> int:
    session.rollback()
    found = [(one, delivery) for one in kept if (delivery := one.delivery())]
    with transactions(write=True):
        added = replay.replay(session, account, found, erase=True)
        session.commit()
    return added


def figures(session: Session) -> set[tuple[object, ...]]:
    session.rollback()
    names = ("day", "row_id", *counters.COLUMNS)
    columns = [getattr(DayCounter, name) for name in names]
    return {tuple(row) for row in session.execute(select(*columns)) if any(row[2:])}


def is_right(session: Session, account: Account) -> bool:
    session.rollback()
    misreadings = list(find_misreadings(session, account))
    return not misreadings and not counters.check(session, account.id)


@pytest.mark.usefixtures("history")
def test_lost_events_and_counters_come_back(session: Session, account: Account) -> None:
    before = figures(session)
    # dan's pushes are erased with dan, so they alone cannot come back.
    dan = select(Follower.id).where(~Follower.following).scalar_subquery()
    with transactions(write=True):
        others = delete(ScanEvent).where(ScanEvent.follower_id != dan)
        lost = count_changed(session, others)
        session.commit()
        wrong = counters.check(session, account.id)
        counters.correct(session, account.id, wrong)
        session.commit()

    added = again(session, account, kept(session, account))

    assert added == lost == 4
    assert figures(session) == before
    assert is_right(session, account)


@pytest.mark.usefixtures("history")
def test_what_the_ledger_has_changes_nothing(
    session: Session, account: Account
) -> None:
    before = figures(session)

    assert again(session, account, kept(session, account)) == 0

    assert figures(session) == before
    assert is_right(session, account)


@pytest.mark.usefixtures("history")
def test_pushes_come_in_the_order_they_were_received_page_by_page(
    session: Session, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "BATCH", 3)
    session.execute(update(RawPush).values(received_at=NOON))
    session.commit()

    found: list[int] = []
    after = replay.BEGINNING
    while page := replay.list_kept(session, account, *ALWAYS, after=after):
        found += [one.id for one in page]
        after = page[-1].position

    assert found == sorted(session.scalars(select(RawPush.id)))
    assert len(found) == 7


@pytest.mark.usefixtures("history")
def test_only_pushes_of_the_time_are_received(
    session: Session, account: Account
) -> None:
    [first, *_] = session.scalars(select(RawPush.id).order_by(RawPush.id)).all()
    session.execute(update(RawPush).values(received_at=NOON))
    early = update(RawPush).where(RawPush.id == first)
    session.execute(early.values(received_at=NOON - DAY))
    session.commit()

    found = replay.list_kept(session, account, NOON - DAY, NOON)

    assert [one.id for one in found] == [first]


def parked(session: Session, account: Account, body: bytes) -> None:
    """Park a push, as one that broke its handler."""
    delivery = Delivery(push=parse(body), body=body, received_at=clock.utcnow())
    session.rollback()
    with transactions(write=True):
        park(session, account.id, delivery, ValueError("broken"))
        session.commit()


def test_parked_push_that_works_now_is_like_any_other(
    session: Session, account: Account
) -> None:
    parked(session, account, pushes.subscribe(openid="anna"))

    assert again(session, account, kept(session, account)) == 1

    session.rollback()
    raw = session.scalars(select(RawPush)).one()
    anna = session.scalars(select(Follower)).one()
    assert (raw.parked_at, raw.error) == (None, None)
    assert (raw.kind, raw.follower_id) == ("event/subscribe", anna.id)
    assert raw.body == pushes.subscribe(openid="anna")
    assert is_right(session, account)


def test_parked_push_of_who_left_is_erased_once_it_works(
    session: Session, account: Account
) -> None:
    parked(session, account, pushes.unsubscribe(openid="anna"))

    again(session, account, kept(session, account))

    session.rollback()
    raw = session.scalars(select(RawPush)).one()
    assert (raw.parked_at, raw.body) == (None, b"")
