"""Pushes are committed together, in time, and none holds up another."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from tests import factories, pushes
from wxchannels.database import open_engine, transactions
from wxchannels.intake.committer import Committer, NotStoredError
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.inbox import Delivery
from wxchannels.models import Account, RawPush, ScanEvent
from wxchannels.wechat.pushes import parse

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)


def delivery(body: bytes) -> Delivery:
    return Delivery(push=parse(body), body=body, received_at=NOW)


@pytest.fixture
def account_id(session: Session, account: Account) -> int:
    account_id = account.id
    session.rollback()
    return account_id


@pytest.fixture
def committer(app: Flask) -> Committer:
    committer: Committer = app.extensions["intake"]
    return committer


@pytest.fixture
def impatient(database_url: str, account_id: int) -> Iterator[Committer]:
    """Return a committer whose callers wait for a moment only."""
    committer = Committer(database_url, erase_on_unfollow=True, deadline=0.3)
    yield committer
    # What its thread still had in hand goes through before the connections close.
    committer._deadline = 30
    committer.submit(account_id, delivery(pushes.text("the last one")))
    committer.engine.dispose()


@pytest.fixture
def locked(database_url: str, account_id: int) -> Iterator[None]:
    """Keep every writer out of the database, as a backup or a frozen server does."""
    del account_id  # has to be written first
    engine = open_engine(database_url, pool_size=1)
    with transactions(write=True), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE raw_push, follower"))
        else:
            connection.execute(text("SELECT 1"))
        yield
        connection.rollback()
    engine.dispose()


def test_waiting_pushes_share_a_transaction(
    committer: Committer, session: Session, account_id: int
) -> None:
    commits: list[int] = []
    gate = threading.Event()

    def hold(connection: object) -> None:
        del connection
        commits.append(1)
        gate.wait(20)

    event.listen(committer.engine, "commit", hold)
    threads = [
        threading.Thread(
            target=committer.submit,
            args=(account_id, delivery(pushes.subscribe("a", openid=f"p{n}"))),
        )
        for n in range(9)
    ]
    threads[0].start()
    while not commits:
        time.sleep(0.01)
    for thread in threads[1:]:
        thread.start()
    while committer._queue.qsize() < 8:
        time.sleep(0.01)
    gate.set()
    for thread in threads:
        thread.join()

    assert len(session.scalars(select(ScanEvent)).all()) == 9
    assert len(commits) == 2


def test_push_that_breaks_its_handler_is_parked_and_answered(
    committer: Committer, session: Session, account_id: int
) -> None:
    session.get_one(Account, account_id).time_zone = "Nowhere/Land"
    session.commit()

    answer = committer.submit(account_id, delivery(pushes.subscribe("a")))

    parked = session.scalars(select(RawPush)).one()
    assert answer == Answer()
    assert (parked.parked_at, parked.error) == (NOW, "ZoneInfoNotFoundError")
    assert parked.body == pushes.subscribe("a")


def test_broken_push_holds_up_no_other_of_its_batch(
    committer: Committer, session: Session, account_id: int
) -> None:
    other = factories.account(session, "other", time_zone="Nowhere/Land").id
    session.rollback()
    gate = threading.Event()
    event.listen(committer.engine, "commit", lambda _: gate.wait(20), once=True)
    answers: dict[str, Answer] = {}

    def submit(name: str, account: int) -> None:
        push = delivery(pushes.subscribe("a", openid=name))
        answers[name] = committer.submit(account, push)

    threads = [
        threading.Thread(target=submit, args=given)
        for given in [("first", account_id), ("broken", other), ("good", account_id)]
    ]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()

    assert answers["broken"] == Answer()
    assert answers["good"].class_ == answers["first"].class_ == "new_follow"
    assert len(session.scalars(select(ScanEvent)).all()) == 2


def test_database_that_does_not_answer_is_waited_for_until_the_deadline(
    impatient: Committer, locked: None, account_id: int
) -> None:
    del locked
    started = time.monotonic()

    with pytest.raises(NotStoredError):
        impatient.submit(account_id, delivery(pushes.subscribe("a")))

    assert time.monotonic() - started < 3


def test_wechat_is_told_to_send_again_what_was_not_stored(
    app: Flask, impatient: Committer, locked: None
) -> None:
    del locked
    app.extensions["intake"].engine.dispose()
    app.extensions["intake"] = impatient

    answer = app.test_client().post(pushes.signed(), data=pushes.subscribe("a"))

    assert answer.status_code == 500
    assert answer.text == "not stored"


def test_unreachable_database_is_not_ready_and_stores_nothing(app: Flask) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    committer = Committer(url, erase_on_unfollow=True, deadline=5)
    app.extensions["intake"] = committer

    ready = app.test_client().get("/readyz")

    assert ready.status_code == 503
    with pytest.raises(NotStoredError):
        committer.submit(1, delivery(pushes.subscribe("a")))


def test_ready_and_alive_where_a_push_can_be_stored(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").status_code == 200
