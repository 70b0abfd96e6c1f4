"""`spool` says what waits on this host and brings it home."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import pushes
from wxchannels import clock
from wxchannels.intake.spool import Spool
from wxchannels.intake.spooled import Spooled
from wxchannels.models import Account, ScanEvent


@pytest.fixture
def spool(app: Flask) -> Spool:
    return Spool(app.config["SPOOL_DIR"])


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_empty_spool_is_fine(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=["spool", "status"])

    assert result.exit_code == 0
    assert "pushes waiting: 0" in result.output


def test_what_waits_is_said_and_brought_home(
    cli: FlaskCliRunner, spool: Spool, session: Session, account: Account
) -> None:
    came = clock.utcnow() - timedelta(seconds=90)
    spool.put([Spooled(account.id, pushes.subscribe("a"), came)])
    session.rollback()

    status = cli.invoke(args=["spool", "status"])
    drain = cli.invoke(args=["spool", "drain"])

    assert status.exit_code == 1
    assert "pushes waiting: 1" in status.output
    assert "the oldest came 9" in status.output
    assert (drain.exit_code, drain.output) == (0, "pushes brought home: 1\n")
    assert session.scalar(select(func.count(ScanEvent.id))) == 1


def test_damaged_file_is_said(cli: FlaskCliRunner, spool: Spool) -> None:
    spool.put([])
    (spool.folder / "spool.sqlite3").write_bytes(b"no database" * 500)

    drain = cli.invoke(args=["spool", "drain"])
    status = cli.invoke(args=["spool", "status"])

    assert drain.output == "pushes brought home: 0\n"
    assert status.exit_code == 1
    assert "set aside, damaged: 1" in status.output
    ends_on = (clock.utcnow() + timedelta(days=90)).date()
    assert f"the oldest of it is deleted on {ends_on}" in status.output


def test_spool_that_cannot_be_read_is_an_error(
    cli: FlaskCliRunner, spool: Spool
) -> None:
    spool.put([])
    (spool.folder / "spool.lock").unlink()
    (spool.folder / "spool.lock").mkdir()

    for command in ("status", "drain"):
        result = cli.invoke(args=["spool", command])

        assert result.exit_code == 1
        assert "Error: The spool cannot be read" in result.output


def test_drain_without_a_database_loses_nothing(
    app: Flask, cli: FlaskCliRunner, spool: Spool, account: Account, session: Session
) -> None:
    spool.put([Spooled(account.id, pushes.subscribe("a"), clock.utcnow())])
    session.rollback()
    with app.extensions["intake"].engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE raw_push RENAME TO away")

    result = cli.invoke(args=["spool", "drain"])

    assert result.exit_code == 1
    assert "Nothing is lost." in result.output
    assert spool.state().pushes == 1
