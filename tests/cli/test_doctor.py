from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import flask_migrate
import pytest
import requests
import responses
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from config import Config
from tests import factories
from wxchannels.accounts import accounts
from wxchannels.app import create_app
from wxchannels.cli import findings
from wxchannels.columns import keyring
from wxchannels.extensions import db
from wxchannels.intake.spooled import Spooled
from wxchannels.models import Account
from wxchannels.outbox import queue, standing
from wxchannels.outbox.queue import NewTask

HOST = "https://api.weixin.qq.com"
API = f"{HOST}/cgi-bin"


@pytest.fixture
def wechat() -> Iterator[responses.RequestsMock]:
    """Stand in for WeChat, which gives tokens and knows the time."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.head(HOST, headers={"Date": format_datetime(datetime.now(UTC))})
        token = {"access_token": "T" * 100, "expires_in": 7200}
        mock.post(f"{API}/stable_token", json=token)
        mock.get(f"{API}/getcallbackip", json={"ip_list": []})
        yield mock


@pytest.fixture
def well(
    session: Session, account: Account, wechat: responses.RequestsMock
) -> responses.RequestsMock:
    """Make everything right, and return the stand-in for WeChat."""
    flask_migrate.stamp(purge=True)
    account.verified_at = factories.NOON
    session.commit()
    return wechat


def line(output: str, subject: str) -> str:
    [found] = [one for one in output.splitlines() if f"  {subject}: " in one]
    return found


def test_doctor_is_content_where_everything_is_right(
    cli: FlaskCliRunner, session: Session, well: responses.RequestsMock
) -> None:
    del well

    result = cli.invoke(args=["doctor"])

    assert (result.exit_code, "WRONG" in result.output) == (0, False)
    assert "WeChat gives one" in line(result.output, "main, token")
    assert "verified 2026-03-02 04:00 UTC" in line(result.output, "main, callback")
    assert accounts.get_account(session, "main").token_checked_at is not None


def test_missing_migration_is_wrong(
    cli: FlaskCliRunner, session: Session, well: responses.RequestsMock
) -> None:
    del well
    session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    session.commit()

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 1
    assert line(result.output, "migrations").startswith("WRONG")
    assert "db upgrade" in line(result.output, "migrations")


def test_unwritable_spool_is_wrong(
    app: Flask, cli: FlaskCliRunner, well: responses.RequestsMock, tmp_path: Path
) -> None:
    del well
    (tmp_path / "file").write_text("in the way")
    app.config["SPOOL_DIR"] = tmp_path / "file" / "spool"

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 1
    assert line(result.output, "spool").startswith("WRONG")


@pytest.mark.parametrize(("minutes", "exit_code"), [(0.5, 0), (3, 1), (-3, 1)])
def test_clock_may_differ_by_a_minute(
    cli: FlaskCliRunner, well: responses.RequestsMock, minutes: float, exit_code: int
) -> None:
    theirs = datetime.now(UTC) + timedelta(minutes=minutes)
    well.replace("HEAD", HOST, headers={"Date": format_datetime(theirs)})

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == exit_code


def test_time_of_wechat_that_cannot_be_reached_is_unknown(
    cli: FlaskCliRunner, well: responses.RequestsMock
) -> None:
    well.replace("HEAD", HOST, body=requests.ConnectTimeout())

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 0
    assert line(result.output, "clock").startswith("?      clock: unknown: ")
    assert "ConnectTimeout" in line(result.output, "clock")


def test_answer_without_a_date_tells_nothing(
    cli: FlaskCliRunner, well: responses.RequestsMock
) -> None:
    well.replace("HEAD", HOST)

    result = cli.invoke(args=["doctor"])

    assert "does not tell the time" in line(result.output, "clock")


def test_refused_address_is_named(
    cli: FlaskCliRunner, session: Session, well: responses.RequestsMock
) -> None:
    answer = {"errcode": 40164, "errmsg": "invalid ip 1.2.3.4, not in whitelist"}
    well.replace("POST", f"{API}/stable_token", json=answer)

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 1
    assert "Add 1.2.3.4 to the IP white list" in line(result.output, "main, token")
    assert accounts.get_account(session, "main").token_errcode == 40164


def test_unverified_callback_says_what_to_paste_where(
    cli: FlaskCliRunner, session: Session, well: responses.RequestsMock
) -> None:
    del well
    accounts.get_account(session, "main").verified_at = None
    session.commit()

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 1
    assert "http://localhost/weixin/main" in result.output
    assert "••••els" in result.output
    assert factories.TOKEN not in result.output
    assert factories.AES_KEY not in result.output


def test_account_without_a_key_needs_none(
    cli: FlaskCliRunner, session: Session, well: responses.RequestsMock
) -> None:
    del well
    account = accounts.get_account(session, "main")
    account.verified_at = account.aes_key = None
    session.commit()

    result = cli.invoke(args=["doctor"])

    assert "pushes come in the clear" in result.output


def test_unusable_database_is_wrong_and_the_rest_is_still_looked_at(
    settings: dict[str, str], wechat: responses.RequestsMock, tmp_path: Path
) -> None:
    del wechat
    unusable = {**settings, "WXCHANNELS_DATABASE_URL": f"sqlite:///{tmp_path}"}
    app = create_app(Config(unusable))

    result = app.test_cli_runner().invoke(args=["doctor"])

    app.extensions["intake"].close()
    assert result.exit_code == 1
    assert "unable to open database file" in line(result.output, "database")
    assert line(result.output, "clock").startswith("ok")
    assert "main" not in result.output


def test_no_account_is_wrong(
    cli: FlaskCliRunner, app: Flask, wechat: responses.RequestsMock
) -> None:
    del app, wechat
    flask_migrate.stamp(purge=True)

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 1
    assert "accounts add" in line(result.output, "accounts")


def test_accounts_of_an_outdated_database_are_not_looked_into(
    cli: FlaskCliRunner, session: Session, well: responses.RequestsMock
) -> None:
    del well
    session.execute(text("DELETE FROM alembic_version"))
    session.commit()

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 1
    assert line(result.output, "migrations").startswith("WRONG")
    assert "main" not in result.output


def test_work_that_nobody_does_is_wrong(
    cli: FlaskCliRunner,
    session: Session,
    account: Account,
    well: responses.RequestsMock,
) -> None:
    del well
    bulk = NewTask(
        account_id=account.id, kind="bulk", subject="1", due_at=factories.NOON
    )
    queue.add_tasks(session, [bulk])
    session.commit()

    missed = cli.invoke(args=["doctor"]).output
    standing.see_worker(session, "host:1", now=datetime.now(UTC))
    session.commit()
    manned = cli.invoke(args=["doctor"]).output

    assert line(missed, "worker").startswith("WRONG")
    assert "run `flask --app wsgi worker`" in line(missed, "worker")
    assert "1 waiting" in line(manned, "worker")
    assert line(manned, "worker").startswith("ok")


def test_parked_work_is_wrong(
    cli: FlaskCliRunner,
    session: Session,
    account: Account,
    well: responses.RequestsMock,
) -> None:
    del well
    bulk = NewTask(
        account_id=account.id, kind="bulk", subject="1", due_at=factories.NOON
    )
    queue.add_tasks(session, [bulk])
    session.execute(text("UPDATE task SET state = 'parked'"))
    session.commit()

    output = cli.invoke(args=["doctor"]).output

    assert line(output, "worker").startswith("WRONG")
    assert "1 parked: `tasks list` says why" in line(output, "worker")


def spool(app: Flask, *, minutes: float) -> None:
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    push = Spooled(account_id=1, body=b"<xml/>", received_at=at)
    app.extensions["intake"].spool.put([push])


@pytest.mark.parametrize(("minutes", "exit_code"), [(1, 0), (6, 1)])
def test_pushes_left_in_the_spool_are_wrong_after_a_while(
    app: Flask,
    cli: FlaskCliRunner,
    well: responses.RequestsMock,
    minutes: float,
    exit_code: int,
) -> None:
    del well
    spool(app, minutes=minutes)

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == exit_code
    assert "1 waiting, the oldest for" in line(result.output, "spooled pushes")
    assert "spool drain" in line(result.output, "spooled pushes")


def test_damaged_spool_file_is_wrong(
    app: Flask, cli: FlaskCliRunner, well: responses.RequestsMock
) -> None:
    del well
    (app.config["SPOOL_DIR"] / "damaged-1.sqlite3").write_bytes(b"?")

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 1
    assert "1 set aside as unreadable" in line(result.output, "spooled pushes")


def test_key_that_is_missing_is_told_by_what_it_sealed(
    cli: FlaskCliRunner, well: responses.RequestsMock
) -> None:
    del well
    keyring.use([b"x" * 32])

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 1
    assert "account.app_secret" in line(result.output, "data keys")
    assert "WXCHANNELS_DATA_KEYS lacks" in line(result.output, "data keys")
    assert "main" not in result.output


def test_unfinished_change_of_a_token_is_told(
    cli: FlaskCliRunner, session: Session, well: responses.RequestsMock
) -> None:
    del well
    accounts.get_account(session, "main").previous_token = "TheOldToken"
    session.commit()

    result = cli.invoke(args=["doctor"])

    assert result.exit_code == 0
    assert "accounts forget-previous main" in line(result.output, "main, callback")


@pytest.mark.parametrize(
    ("settings_", "mark", "subject", "words"),
    [
        ({"TRUSTED_HOSTS": ["elsewhere"]}, "WRONG", "host names", "add localhost"),
        ({"TRUSTED_HOSTS": ["localhost"]}, "ok", "host names", "localhost"),
        (
            {"TRUSTED_HOSTS": [".b.cn"], "BASE_URL": "http://a.b.cn"},
            "ok",
            "host names",
            ".b.cn",
        ),
        ({}, "?", "host names", "WXCHANNELS_TRUSTED_HOSTS=localhost"),
        ({"BASE_URL": "https://a.b"}, "?", "proxies", "WXCHANNELS_PROXIES=1"),
    ],
)
def test_addresses_that_do_not_go_together_are_told(
    app: Flask,
    cli: FlaskCliRunner,
    well: responses.RequestsMock,
    settings_: dict[str, object],
    mark: str,
    subject: str,
    words: str,
) -> None:
    del well
    app.config.update(settings_)

    result = cli.invoke(args=["doctor"])

    assert line(result.output, subject).split()[0] == mark
    assert words in line(result.output, subject)
    assert result.exit_code == (1 if mark == "WRONG" else 0)


@pytest.mark.parametrize(("minutes", "is_fine"), [(0, True), (3, False)])
def test_clock_of_the_database_may_differ_by_a_minute(
    app: Flask, minutes: float, *, is_fine: bool
) -> None:
    migrations = app.extensions["migrate"].migrate.get_config()
    now = datetime.now(UTC) + timedelta(minutes=minutes)

    found = {
        one.subject: one.is_fine
        for one in findings.look_at_database(db.engine, migrations, now=now)
    }

    if db.engine.dialect.name == "sqlite":
        assert "database clock" not in found
    else:
        assert found["database clock"] is is_fine
