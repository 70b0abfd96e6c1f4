"""Pushes are committed together, in time, and kept whatever the database does."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.intake.conftest import NOBODY, NOW, delivery, stored, until
from wxchannels.columns import keyring
from wxchannels.intake.directory import FRESH_SECONDS, HUNG_SECONDS
from wxchannels.intake.intake import Intake, NotStoredError
from wxchannels.ledger.answers import Answer
from wxchannels.models import Account, RawPush

Lock = Callable[[], None]
Open = Callable[..., Intake]


def test_waiting_pushes_share_a_transaction(
    intake: Intake, session: Session, account_id: int
) -> None:
    commits: list[int] = []
    gate = threading.Event()

    def hold(connection: object) -> None:
        del connection
        commits.append(1)
        gate.wait(20)

    event.listen(intake.engine, "commit", hold)
    threads = [
        threading.Thread(
            target=intake.submit,
            args=(account_id, delivery(pushes.subscribe("a", openid=f"p{n}"))),
        )
        for n in range(9)
    ]
    threads[0].start()
    until(lambda: bool(commits))
    for thread in threads[1:]:
        thread.start()
    until(lambda: intake._committer.waiting == 8)
    gate.set()
    for thread in threads:
        thread.join()

    assert stored(session) == 9
    assert len(commits) == 2


def test_push_that_breaks_its_handler_is_parked_and_answered(
    intake: Intake, session: Session, account_id: int
) -> None:
    session.get_one(Account, account_id).time_zone = "Nowhere/Land"
    session.commit()

    answer = intake.submit(account_id, delivery(pushes.subscribe("a")))

    parked = session.scalars(select(RawPush)).one()
    assert answer == Answer()
    assert (parked.parked_at, parked.error) == (NOW, "ZoneInfoNotFoundError")
    assert parked.body == pushes.subscribe("a")


def test_broken_push_holds_up_no_other_of_its_batch(
    intake: Intake, session: Session, account_id: int
) -> None:
    other = factories.account(session, "other", time_zone="Nowhere/Land").id
    session.rollback()
    gate = threading.Event()
    event.listen(intake.engine, "commit", lambda _: gate.wait(20), once=True)
    answers: dict[str, Answer] = {}

    def submit(name: str, account: int) -> None:
        push = delivery(pushes.subscribe("a", openid=name))
        answers[name] = intake.submit(account, push)

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
    assert stored(session) == 2


def test_database_that_hangs_costs_one_push_the_deadline_and_the_next_nothing(
    open_intake: Open, database_url: str, lock: Lock, session: Session, account_id: int
) -> None:
    intake = open_intake(database_url, deadline=0.3)
    started = time.monotonic()

    first = intake.submit(account_id, delivery(pushes.subscribe("a")))
    waited = time.monotonic() - started
    answers = [
        intake.submit(account_id, delivery(pushes.subscribe("a", openid=f"p{n}")))
        for n in range(20)
    ]
    spooled = time.monotonic() - started - waited

    assert [first, *answers] == [Answer()] * 21
    assert intake.status().is_open
    assert waited >= 0.3
    # All twenty together: none of them waited for the database.
    assert spooled < 20 * 0.3
    lock()
    until(lambda: not intake.status().is_open and not intake.status().spooled)
    assert stored(session) == 21


def test_database_that_is_away_costs_no_answer(
    open_intake: Open, database_url: str, session: Session, account_id: int
) -> None:
    away = open_intake(NOBODY)
    assert away.pushes_kept() == 0

    answer = away.submit(account_id, delivery(pushes.subscribe("a")))

    status = away.status()
    assert answer == Answer()
    assert away.pushes_kept() == 1
    assert (status.is_open, status.spooled) == (True, 1)
    assert status.oldest_spooled_at == NOW
    away.close()
    assert open_intake(database_url).drain() == 1
    assert stored(session) == 1


def test_leftovers_of_a_process_that_is_gone_are_brought_home_with_the_next_push(
    open_intake: Open, database_url: str, session: Session, account_id: int
) -> None:
    gone = open_intake(NOBODY)
    gone.submit(account_id, delivery(pushes.subscribe("a", openid="before")))
    gone.close()

    again = open_intake(database_url)
    again.submit(account_id, delivery(pushes.subscribe("a", openid="after")))

    until(lambda: not again.status().spooled)
    assert stored(session) == 2


def test_push_spooled_after_it_was_committed_counts_once(
    open_intake: Open, database_url: str, session: Session, account_id: int
) -> None:
    push = delivery(pushes.subscribe("a"))
    away = open_intake(NOBODY)
    away.submit(account_id, push)
    away.close()
    again = open_intake(database_url)
    again.submit(account_id, push)

    until(lambda: not again.status().spooled)

    assert stored(session) == 1


def test_where_nothing_is_durable_wechat_is_told_to_send_again(
    app: Flask, open_intake: Open, account_id: int
) -> None:
    folder = app.config["SPOOL_DIR"] / "not-there"
    away = open_intake(NOBODY, folder=folder)

    assert not away.can_store()
    with pytest.raises(NotStoredError):
        away.submit(account_id, delivery(pushes.subscribe("a")))


def test_callback_answers_500_where_nothing_is_durable(
    app: Flask, open_intake: Open, account: Account
) -> None:
    del account
    client = app.test_client()
    assert client.post(pushes.signed(), data=pushes.text("hello")).status_code == 200
    app.extensions["intake"].close()
    app.extensions["intake"] = open_intake(NOBODY)
    (app.config["SPOOL_DIR"] / "spool.lock").unlink(missing_ok=True)
    (app.config["SPOOL_DIR"] / "spool.lock").mkdir()

    answer = client.post(pushes.signed(), data=pushes.subscribe("a"))

    assert (answer.status_code, answer.text) == (500, "not stored")


def test_server_that_starts_without_a_database_knows_whose_pushes_it_gets(
    app: Flask, open_intake: Open, account_id: int
) -> None:
    client = app.test_client()
    assert client.post(pushes.signed(), data=pushes.text("hello")).status_code == 200
    app.extensions["intake"].close()
    app.extensions["intake"] = open_intake(NOBODY)

    known = client.post(pushes.signed(), data=pushes.subscribe("a"))
    unknown = client.post(pushes.signed("new"), data=pushes.subscribe("a"))

    assert (known.status_code, known.text) == (200, "success")
    # It may have been connected meanwhile: WeChat has to send it again.
    assert unknown.status_code == 500
    [kept] = app.extensions["intake"].spool.take(5).values()
    assert kept.account_id == account_id


def test_ready_and_alive_where_a_push_can_be_stored(
    app: Flask, open_intake: Open, database_url: str
) -> None:
    client = app.test_client()
    full = open_intake(database_url, folder=app.config["SPOOL_DIR"] / "not-there")

    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").status_code == 200
    assert full.can_store()


def test_who_asks_again_and_again_has_the_disk_looked_at_once(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def sync(file: int) -> None:
        synced.append(file)
        fsync(file)

    monkeypatch.setattr(os, "fsync", sync)
    # A busy machine may need a second for them all.
    monkeypatch.setattr("wxchannels.intake.intake.LOOK_SECONDS", 60)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(lambda _: intake.can_store(), range(20)))

    assert len(synced) == 1


def test_nowhere_to_store_is_not_ready(
    app: Flask, open_intake: Open, account_id: int
) -> None:
    del account_id
    app.extensions["intake"].close()
    folder = app.config["SPOOL_DIR"] / "not-there"
    app.extensions["intake"] = open_intake(NOBODY, folder=folder)

    assert app.test_client().get("/readyz").status_code == 503


def test_errand_that_hangs_keeps_no_account_unknown(
    app: Flask, intake: Intake, account_id: int
) -> None:
    del account_id
    over = threading.Event()

    def hang() -> None:
        over.wait(30)

    intake._errands.send(hang)

    answer = app.test_client().post(pushes.signed(), data=pushes.subscribe("a"))

    over.set()
    assert answer.status_code == 200


def test_reading_of_accounts_that_hangs_is_given_up(
    app: Flask, intake: Intake, account_id: int
) -> None:
    del account_id
    client, begun, over = app.test_client(), threading.Event(), threading.Event()

    def hang(_: Connection) -> None:
        begun.set()
        over.wait(30)

    intake.directory._deadline = 0.1
    event.listen(intake.engine, "begin", hang, once=True)

    hanging = client.post(pushes.signed(), data=pushes.subscribe("a"))
    assert begun.wait(30)
    intake.directory._asked_at -= HUNG_SECONDS
    intake.directory._deadline = 30
    after = client.post(pushes.signed(), data=pushes.subscribe("a"))

    over.set()
    for reader in threading.enumerate():
        if reader.name == "accounts":
            reader.join()
    assert (hanging.status_code, after.status_code) == (500, 200)


def test_accounts_are_read_again_whatever_broke_the_reading(
    app: Flask, intake: Intake, account_id: int
) -> None:
    del account_id

    def fail(_: Connection) -> None:
        raise RuntimeError

    client = app.test_client()
    event.listen(intake.engine, "begin", fail, once=True)

    broken = client.post(pushes.signed(), data=pushes.subscribe("a"))
    intake.directory._asked_at -= FRESH_SECONDS
    after = client.post(pushes.signed(), data=pushes.subscribe("a"))

    assert (broken.status_code, broken.text) == (500, "Internal Server Error")
    assert after.status_code == 200


def test_nobody_is_ready_before_it_is_known_whose_pushes_come(
    app: Flask, open_intake: Open, account_id: int, database_url: str
) -> None:
    del account_id
    sealed = app.config["SPOOL_DIR"] / "accounts.sealed"
    never_told = open_intake(NOBODY)
    was_ready = never_told.can_store()

    told = open_intake(database_url)
    assert told.can_store()
    told.directory._engine = never_told.engine
    until(lambda: not told.directory.find("new") and not told.directory.is_current)

    assert not was_ready
    assert told.can_store()
    # Another that starts now finds what the host knew.
    until(sealed.exists)
    assert open_intake(NOBODY).can_store()


def test_keys_that_open_nothing_are_not_ready(
    app: Flask, client: FlaskClient, account_id: int
) -> None:
    del app, account_id
    keyring.use([b"x" * 32])

    ready = client.get("/readyz")
    page = client.get("/qrcode/main/counter.svg", headers={"Accept-Language": "en"})

    assert (ready.status_code, page.status_code) == (503, 503)
    assert "WXCHANNELS_DATA_KEYS lacks the key" in page.text
    assert "received and stored all the same" not in page.text
