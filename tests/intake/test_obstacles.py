"""What else than a database that is away stands in a push's way, and for how long."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import pushes
from tests.factories import NOON
from tests.intake.conftest import NOW, delivery, stored, until
from wxchannels.database import open_engine
from wxchannels.intake import parking
from wxchannels.intake.intake import SPOOLED, Intake
from wxchannels.intake.spooled import Spooled
from wxchannels.ledger.retention import delete_raw_pushes
from wxchannels.models import Account

Open = Callable[..., Intake]


def test_folder_of_the_database_is_gone(
    open_intake: Open, tmp_path: Path, account_id: int
) -> None:
    intake = open_intake(f"sqlite:///{tmp_path}/gone/wxchannels.sqlite3")

    answer = intake.submit(account_id, delivery(pushes.subscribe("x")))

    assert answer is SPOOLED


@pytest.mark.parametrize(
    ("beside", "body"),
    [
        # Kept by the version before, whose reader took what this one refuses.
        (0, b"<xml><nothing/></xml>"),
        # The database was restored from before the account was connected.
        (1, pushes.subscribe("x")),
    ],
)
def test_push_that_nobody_can_store_holds_up_no_other(
    intake: Intake, session: Session, account_id: int, beside: int, body: bytes
) -> None:
    intake.spool.put(
        [
            Spooled(account_id + beside, body, NOON),
            Spooled(account_id, pushes.subscribe("x"), NOON),
        ]
    )

    intake.submit(account_id, delivery(pushes.subscribe("y", openid="bert")))

    until(lambda: stored(session) == 2)
    until(lambda: intake.status().spooled == 0)
    assert intake.status().quarantined == 1
    assert not intake.status().is_open


def test_parked_push_waits_for_a_person_however_long(
    session: Session, account: Account
) -> None:
    parking.park(session, account.id, delivery(pushes.subscribe("x")), KeyError("x"))
    session.commit()

    later = NOON + timedelta(days=91)
    delete_raw_pushes(session, account.id, later, limit=500)
    session.commit()

    assert parking.count_parked(session, account.id) == 1


def test_parked_push_that_comes_again_is_parked_no_more(
    intake: Intake, session: Session, account_id: int
) -> None:
    push = delivery(pushes.subscribe("x"))
    parking.park(session, account_id, push, KeyError("x"))
    session.commit()

    intake.submit(account_id, push)

    assert stored(session) == 1
    assert parking.count_parked(session, account_id) == 0


@pytest.mark.parametrize(
    ("happened", "verified"),
    [
        (NOW - timedelta(seconds=5), NOW - timedelta(seconds=5)),
        # Clocks that are so far apart say nothing of when WeChat reached us.
        (NOW - timedelta(hours=2), NOW),
        (NOW + timedelta(minutes=5), NOW),
    ],
)
def test_whoever_sends_the_first_push_did_not_follow_before_it(
    intake: Intake,
    session: Session,
    account_id: int,
    happened: datetime,
    verified: datetime,
) -> None:
    intake.submit(account_id, delivery(pushes.subscribe("x", at=happened)))

    session.rollback()
    assert session.get_one(Account, account_id).verified_at == verified


def test_held_row_keeps_no_other_push_waiting(
    app: Flask,
    open_intake: Open,
    database_url: str,
    session: Session,
    account_id: int,
) -> None:
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        pytest.skip("SQLite has one writer and no rows that are held")
    intake = open_intake(database_url, deadline=1.5)
    intake.submit(account_id, delivery(pushes.subscribe("x", openid="held")))
    scan = delivery(pushes.scan("x", openid="held"))
    holder = open_engine(database_url, pool_size=1)

    with holder.begin() as connection:
        connection.execute(text("SELECT id FROM follower FOR UPDATE"))
        held = threading.Thread(target=intake.submit, args=(account_id, scan))
        held.start()
        for number in range(40):
            push = pushes.scan("x", openid=f"p{number}")
            intake.submit(account_id, delivery(push))
        until(lambda: stored(session) == 41)
        held.join()
    holder.dispose()

    # The one that was held comes home when its person is free.
    until(lambda: stored(session) == 42)
