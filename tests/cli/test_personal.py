"""`followers export` and `followers erase`, as operators run them."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import pushes
from wxchannels.models import Account, AuditEntry, Follower, RawPush

EXPORT = ["followers", "export", "--account", "main"]
ERASE = ["followers", "erase", "--account", "main"]


@pytest.fixture
def anna(client: FlaskClient, session: Session, account: Account) -> None:
    """Have anna follow."""
    del account
    client.post(pushes.signed(), data=pushes.subscribe())
    session.rollback()


def left(session: Session) -> tuple[str | None, bytes]:
    """Return the openid and the push that are still kept."""
    session.rollback()
    openid = session.scalars(select(Follower.openid)).one()
    return openid, session.scalars(select(RawPush.body)).one()


@pytest.mark.usefixtures("anna")
def test_openid_is_asked_for_and_the_rest_is_json(
    cli: FlaskCliRunner, session: Session
) -> None:
    result = cli.invoke(args=EXPORT, input="anna\n")

    found = json.loads(result.stdout)
    assert found["follower"][0]["openid"] == "anna"
    assert found["scan_event"][0]["class"] == "new_follow"
    session.rollback()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action) == ("command line", "person.export")
    assert entry.details == {}


@pytest.mark.usefixtures("anna")
def test_openid_may_come_from_standard_input(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=[*EXPORT, "--openid-file", "-"], input="anna\n")

    assert json.loads(result.stdout)["account"] == "main"


@pytest.mark.usefixtures("anna")
def test_erasure_asks_first(cli: FlaskCliRunner, session: Session) -> None:
    refused = cli.invoke(args=ERASE, input="anna\nn\n")
    kept = left(session)
    erased = cli.invoke(args=ERASE, input="anna\ny\n")

    assert (refused.exit_code, kept[0]) == (1, "anna")
    assert erased.exit_code == 0
    assert "A keyed hash stays" in erased.stderr
    assert left(session) == (None, b"")


@pytest.mark.usefixtures("anna")
def test_erasure_from_a_file_without_a_question(
    cli: FlaskCliRunner, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "openid"
    file.write_text("anna\n")

    result = cli.invoke(args=[*ERASE, "--openid-file", str(file), "--yes"])

    assert result.exit_code == 0
    assert left(session) == (None, b"")


@pytest.mark.usefixtures("anna")
def test_stranger_is_one_line(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=ERASE, input="bo\n")

    assert result.exit_code == 1
    assert "We keep nothing of a person with this openid." in result.stderr
