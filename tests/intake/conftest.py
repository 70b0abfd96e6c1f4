"""What the tests of the intake share: a push, an account, a database that is locked."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from wxchannels.database import open_engine, transactions
from wxchannels.intake.intake import Intake
from wxchannels.intake.spool import Spool
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, ScanEvent
from wxchannels.wechat.pushes import parse

#: More than anything takes on a busy machine.
SECONDS = 30
NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
#: A database that nobody serves.
NOBODY = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
LOCKS = {
    "postgresql": ["LOCK TABLE raw_push, follower, scan_event"],
    "sqlite": ["SELECT 1"],
    "mysql": ["LOCK TABLES raw_push WRITE, follower WRITE, scan_event WRITE"],
    "mariadb": ["LOCK TABLES raw_push WRITE, follower WRITE, scan_event WRITE"],
}


def delivery(body: bytes) -> Delivery:
    return Delivery(push=parse(body), body=body, received_at=NOW)


def stored(session: Session) -> int:
    """Return how many events are in the ledger."""
    session.rollback()
    return session.scalar(select(func.count(ScanEvent.id))) or 0


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def account_id(session: Session, account: Account) -> int:
    account_id = account.id
    session.rollback()
    return account_id


@pytest.fixture
def intake(app: Flask) -> Intake:
    intake: Intake = app.extensions["intake"]
    return intake


@pytest.fixture
def spool(app: Flask) -> Spool:
    return Spool(app.config["SPOOL_DIR"])


@pytest.fixture
def open_intake(app: Flask) -> Iterator[Callable[..., Intake]]:
    """Return a maker of intakes like that of another process, closed at the end."""
    made: list[Intake] = []

    def make(url: str, *, deadline: float = 5, folder: Path | None = None) -> Intake:
        intake = Intake(
            url,
            spool_dir=folder or app.config["SPOOL_DIR"],
            erase_on_unfollow=True,
            deadline=deadline,
        )
        made.append(intake)
        return intake

    yield make
    for intake in made:
        intake.close()


@pytest.fixture
def lock(database_url: str, account_id: int) -> Iterator[Callable[[], None]]:
    """Keep every writer out of the database, as a backup or a frozen server does.

    Returns what lets them in again.
    """
    del account_id  # has to be written first
    engine = open_engine(database_url, pool_size=1)
    with transactions(write=True):
        connection = engine.connect()
        for statement in LOCKS[engine.dialect.name]:
            connection.execute(text(statement))

    def release() -> None:
        if not connection.closed:
            # Closed for good: MariaDB's locks outlive the transaction.
            connection.invalidate()
            connection.close()
            engine.dispose()

    yield release
    release()
