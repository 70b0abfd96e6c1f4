from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.models import Account, ApiKey, AuditEntry
from wxchannels.people import api_keys

ADD = ["api-keys", "add", "--account", "main", "--name", "CRM"]


def test_key_and_nothing_else_is_on_standard_output(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    result = cli.invoke(args=ADD)

    key = api_keys.find_key(session, result.stdout.removesuffix("\n"))
    assert result.exit_code == 0
    assert key is not None
    assert key.account_id == account.id
    assert key.scopes == list(api_keys.SCOPES)


def test_key_is_given_the_scopes_asked_for(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    del account

    cli.invoke(args=[*ADD, "--scope", "reports:read", "--scope", "events:read"])

    key = session.scalars(select(ApiKey)).one()
    assert key.scopes == ["events:read", "reports:read"]


def test_issued_key_is_in_the_audit_log(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    result = cli.invoke(args=ADD)

    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.account_id) == ("api_key.issue", account.id)
    assert result.stdout.strip() not in str(entry.details)


def test_unknown_scope_makes_no_key(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    del account

    result = cli.invoke(args=[*ADD, "--scope", "everything"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "'--scope': 'everything'" in result.stderr
    assert "reports:read" in result.stderr
    assert session.scalars(select(ApiKey)).all() == []


def test_name_that_nobody_can_read_makes_no_key(
    cli: FlaskCliRunner, session: Session
) -> None:
    result = cli.invoke(args=[*ADD[:-1], "C\x1bRM"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "'--name': It holds characters that nobody can see." in result.stderr
    assert session.scalars(select(ApiKey)).all() == []


def test_unknown_account_is_one_line(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=ADD)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: There is no account “main”.\n"
