"""What the tests of the intake share: a push, an account, a database that is locked."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from wxchannels.database import open_engine, transactions
from wxchannels.intake.intake import Intake
from wxchannels.intake.spool import Spool
from wxchannels.ledger.inbox import Delivery
from wxchannels.models import Account
from wxchannels.wechat.pushes import parse

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
