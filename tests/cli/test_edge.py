from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import Config
from wxchannels import database
from wxchannels.app import create_app
from wxchannels.cli.edge import TRIES, writing_session, written
from wxchannels.columns import keyring
from wxchannels.extensions import db
from wxchannels.models import Account


def test_database_without_tables_is_one_line(
    settings: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    app = create_app(Config({**settings, "WXCHANNELS_DATABASE_URL": url}))

    result = app.test_cli_runner().invoke(args=["accounts", "list"])

    with app.app_context():
        db.engine.dispose()
    app.extensions["intake"].close()
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database refused: no such table")
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("app")
def test_commands_that_write_begin_as_writers(session: Session) -> None:
    token = database.writing.set(False)

    with writing_session() as writer:
        inside = database.writing.get()

    after = database.writing.get()
    database.writing.reset(token)
    assert writer is session
    assert (inside, after) == (True, False)


@pytest.mark.usefixtures("app")
def test_broken_command_writes_nothing(session: Session, account: Account) -> None:
    def rename() -> None:
        with writing_session():
            account.name = "other"
            raise LookupError

    with pytest.raises(LookupError):
        rename()

    session.rollback()
    assert session.scalars(select(Account.name)).all() == ["半亩茶"]


def test_every_group_says_what_it_is_for(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=["--help"])

    for command in ("accounts", "api-keys", "doctor", "followers", "sandbox", "stats"):
        assert f"\n  {command} " in result.output


class Broken(Exception):  # noqa: N818 - a driver's own error
    """What a driver raises, with the database's code."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("code", "tries"), [("40P01", TRIES), ("40001", TRIES), ("57014", 1)]
)
def test_part_that_lost_a_tie_is_done_again(code: str, tries: int) -> None:
    asked = []

    def work(session: Session) -> None:
        asked.append(session)
        raise OperationalError("UPDATE", {}, Broken(code))

    with pytest.raises(OperationalError):
        written(work)

    assert len(asked) == tries


@pytest.mark.usefixtures("account")
@pytest.mark.usefixtures("app")
def test_part_that_wins_the_next_time_is_committed(session: Session) -> None:
    tries = iter([Broken("40P01")])

    def work(session: Session) -> str:
        session.execute(update(Account).values(name="Bake"))
        for lost in tries:
            raise OperationalError("UPDATE", {}, lost)
        return "done"

    answer = written(work)

    session.rollback()
    assert (answer, session.scalars(select(Account.name)).all()) == ("done", ["Bake"])


@pytest.mark.parametrize(
    "words",
    [
        ["accounts", "forget-previous", "\udcff"],
        ["api-keys", "add", "--account", "\udcff", "--name", "CRM"],
        ["followers", "export", "--account", "main", "--openid-file"],
    ],
)
def test_what_is_not_utf8_is_one_line(
    cli: FlaskCliRunner, account: Account, words: list[str], tmp_path: Path
) -> None:
    del account
    file = tmp_path / "openid"
    file.write_bytes(b"\xff")
    named = [str(file)] if words[-1] == "--openid-file" else []

    result = cli.invoke(args=[*words, *named])

    assert result.exit_code == 1
    assert result.stderr == "Error: Part of what was given is not UTF-8.\n"


@pytest.mark.parametrize(
    "words", [["accounts", "list"], ["followers", "import", "--account", "main"]]
)
def test_key_that_is_missing_is_one_line(
    cli: FlaskCliRunner, session: Session, account: Account, words: list[str]
) -> None:
    del account
    session.commit()
    session.expunge_all()
    keyring.use([b"x" * 32])

    result = cli.invoke(args=words)

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: DATA_KEYS lacks the key that sealed ")
    assert result.stderr.count("\n") == 1
