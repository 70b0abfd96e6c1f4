"""A person asks what is kept of them, or to be forgotten."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.misreadings import find_misreadings
from wxchannels.database import transactions
from wxchannels.intake.parking import park
from wxchannels.ledger import counters, personal
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.personal import PersonNotFoundError
from wxchannels.models import (
    Account,
    Base,
    DayCounter,
    EventClass,
    Follower,
    ListRun,
    RawPush,
    ScanEvent,
    Task,
)
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask
from wxchannels.wechat.pushes import parse

ANNA = "oAnna-6_bmjrPTlm6-2vgVt7hMEOPfL2Md"
DAY = timedelta(days=1)


def send(app: Flask, *bodies: bytes) -> None:
    for body in bodies:
        assert app.test_client().post(pushes.signed(), data=body).status_code == 200


@pytest.fixture
def anna(app: Flask, session: Session, account: Account) -> Follower:
    """Have anna leave traces everywhere, and bo beside her."""
    factories.qrcode(session, "counter")
    session.rollback()
    send(
        app,
        pushes.subscribe("counter", openid=ANNA),
        pushes.subscribe("counter", openid="bo"),
        pushes.scan("counter", openid=ANNA, at=NOON + DAY),
        pushes.text("my number is 13800138000", openid=ANNA),
    )
    # Broke before it was known whose it is.
    body = pushes.scan("broken", openid=ANNA, at=NOON + 2 * DAY)
    delivery = Delivery(push=parse(body), body=body, received_at=NOON)
    session.rollback()
    with transactions(write=True):
        park(session, account.id, delivery, ValueError())
        anna = personal.get_person(session, account, ANNA)
        task = NewTask(
            account_id=account.id,
            kind="deliver",
            subject="1",
            due_at=NOON,
            follower_id=anna.id,
            payload={"openid": ANNA},
        )
        queue.add_tasks(session, [task])
        account.import_next_openid = ANNA
        reading = ListRun(account_id=account.id, kind="compare", started_at=NOON)
        reading.next_openid = ANNA
        session.add(reading)
        session.commit()
    return anna


def erase(session: Session, account: Account, person: Follower) -> None:
    session.rollback()
    with transactions(write=True):
        personal.erase_person(session, account, person, at=NOON)
        session.commit()


def places(session: Session, *words: str) -> Iterator[str]:
    """Yield each column that holds one of `words`, as stored or as unsealed."""
    session.rollback()
    for table in Base.metadata.sorted_tables:
        rows = [dict(row) for row in session.execute(select(table)).mappings()]
        for row in rows:
            for name, value in row.items():
                if any(word in _text(value) for word in words):
                    yield f"{table.name}.{name}"


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def figures(session: Session) -> set[tuple[Any, ...]]:
    session.rollback()
    names = ("day", "row_id", *counters.COLUMNS)
    columns = [getattr(DayCounter, name) for name in names]
    return {tuple(row) for row in session.execute(select(*columns))}


def test_erasure_leaves_nothing_that_says_who(
    session: Session, account: Account, anna: Follower
) -> None:
    before = set(places(session, ANNA, "13800138000"))

    erase(session, account, anna)

    assert before == {
        "account.import_next_openid",
        "follower.openid",
        "list_run.next_openid",
        "raw_push.body",
        "task.payload",
    }
    assert set(places(session, ANNA, "13800138000")) == set()
    # Those of others stay.
    assert "follower.openid" in set(places(session, "bo"))


def test_erasure_changes_no_number(
    session: Session, account: Account, anna: Follower
) -> None:
    before = figures(session)

    erase(session, account, anna)

    assert figures(session) == before
    assert counters.check(session, account.id) == []
    assert list(find_misreadings(session, account)) == []


def test_who_was_erased_and_returns_is_recognised(
    app: Flask, session: Session, account: Account, anna: Follower
) -> None:
    number = anna.id
    erase(session, account, anna)

    send(
        app,
        pushes.unsubscribe(openid=ANNA, at=NOON + 3 * DAY),
        pushes.subscribe(openid=ANNA, at=NOON + 4 * DAY),
    )

    session.rollback()
    last = select(ScanEvent).order_by(ScanEvent.happened_at.desc()).limit(1)
    returned = session.scalars(last).one()
    assert (returned.class_, returned.follower_id) == (EventClass.REFOLLOW, number)
    # Following again, as any follower does.
    assert session.get_one(Follower, number).openid == ANNA


def test_unfollow_leaves_nothing_that_says_who(
    app: Flask, session: Session, account: Account, anna: Follower
) -> None:
    del anna
    # What waits for a person is erased with its replay, where a reading of the list is
    # when it ends.
    session.execute(
        update(RawPush).where(RawPush.parked_at.is_not(None)).values(body=b"")
    )
    account.import_next_openid = None
    session.execute(update(ListRun).values(next_openid=None))
    session.commit()

    send(app, pushes.unsubscribe(openid=ANNA, at=NOON + 3 * DAY))
    send(app, pushes.text("too late: 13800138000", openid=ANNA, message_id=2))

    assert set(places(session, ANNA, "13800138000")) == set()


def test_export_holds_every_row_of_the_person(
    session: Session, account: Account, anna: Follower
) -> None:
    found = personal.export_person(session, account, anna)

    text = json.dumps(found, ensure_ascii=False)
    [channel] = found["channels"].values()
    assert found["follower"][0]["openid"] == ANNA
    assert found["first_channel"] == {
        "row": "channel",
        "channel_id": int(next(iter(found["channels"]))),
        "name": "counter",
        "followed_at": NOON.isoformat(),
    }
    assert [event["kind"] for event in found["scan_event"]] == ["follow", "scan"]
    assert channel == "counter"
    assert len(found["raw_push"]) == 4
    assert json.loads(json.dumps(found["task"]))[0]["kind"] == "deliver"
    assert "13800138000" in text
    assert "broken" in text
    assert ">bo<" not in text
    # A table that is added later and refers to people is handed out as well.
    assert {table.name for table in personal.OF_A_PERSON} <= found.keys()


def test_holdings_say_how_much_there_is(
    session: Session, account: Account, anna: Follower
) -> None:
    before = personal.holdings_of(session, account, anna)
    erase(session, account, anna)
    after = personal.holdings_of(session, account, anna)

    assert (before.events, before.pushes, before.says_who) == (2, 4, True)
    assert (after.events, after.pushes, after.says_who) == (2, 0, False)


@pytest.mark.usefixtures("anna")
def test_unreadable_push_of_nobody_is_passed_over(
    session: Session, account: Account
) -> None:
    session.execute(
        update(RawPush).where(RawPush.parked_at.is_not(None)).values(body=b"<xml>")
    )
    session.commit()
    bo = personal.get_person(session, account, " bo\n")

    erase(session, account, bo)

    session.rollback()
    bodies = session.scalars(select(RawPush.body)).all()
    assert b"<xml>" in bodies
    assert session.scalars(select(Task.payload)).all() == [json.dumps({"openid": ANNA})]


def test_nobody_is_found_by_a_strangers_openid(
    session: Session, account: Account
) -> None:
    with pytest.raises(PersonNotFoundError):
        personal.get_person(session, account, "somebody")


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    ("push", "row"),
    [
        (pushes.subscribe(openid="cai"), {"row": "no_channel"}),
        (pushes.subscribe("elsewhere", openid="cai"), {"row": "unknown_scene"}),
        (pushes.scan("counter", openid="cai"), None),
    ],
    ids=["no_channel", "unknown_scene", "never"],
)
def test_first_touch_of_who_came_by_no_channel(
    app: Flask,
    session: Session,
    account: Account,
    push: bytes,
    row: dict[str, object] | None,
) -> None:
    session.rollback()
    send(app, push)
    cai = personal.get_person(session, account, "cai")

    found = personal.export_person(session, account, cai)["first_channel"]

    nothing = {"channel_id": None, "name": None, "followed_at": NOON.isoformat()}
    assert found == (row and {**nothing, **row})
