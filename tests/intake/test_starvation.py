"""Pushes on SQLite beside a job that commits step after step, as workers do it."""

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests import pushes
from tests.intake.conftest import delivery
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.intake.intake import SPOOLED, Intake
from wxchannels.models import Account

#: As long as a worker writes at once.
STEP_SECONDS = 0.02


@pytest.fixture
def busy_writer(app: Flask) -> Callable[[threading.Event], None]:
    def write(stop: threading.Event) -> None:
        with app.app_context(), transactions(write=True):
            while not stop.is_set():
                db.session.execute(update(Account).values(name=Account.name))
                time.sleep(STEP_SECONDS)
                db.session.commit()

    return write


def test_writer_that_never_pauses_keeps_no_push_out_of_the_ledger(
    open_intake: Callable[..., Intake],
    database_url: str,
    busy_writer: Callable[[threading.Event], None],
    session: Session,
    account_id: int,
) -> None:
    session.rollback()
    if not database_url.startswith("sqlite"):
        pytest.skip("only SQLite has one writer at a time")
    intake = open_intake(database_url, deadline=1.5)
    stop = threading.Event()
    writer = threading.Thread(target=busy_writer, args=(stop,))
    writer.start()

    answers = [
        intake.submit(account_id, delivery(pushes.scan("x", openid=f"p{number}")))
        for number in range(100)
    ]

    stop.set()
    writer.join()
    assert answers.count(SPOOLED) == 0
