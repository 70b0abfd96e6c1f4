import pytest
from flask.testing import FlaskCliRunner
from flask_security.utils import verify_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import PASSWORD
from wxchannels.models import Account, AuditEntry, Role, User

ADD = ["users", "add", "Ann@example.com", "--role"]
ENV = {"WXCHANNELS_PASSWORD": PASSWORD}


def test_user_is_admitted_with_the_password_of_the_environment(
    cli: FlaskCliRunner, session: Session
) -> None:
    result = cli.invoke(args=[*ADD, "admin", "--name", "Ann"], env=ENV)

    user = session.scalars(select(User)).one()
    assert (result.exit_code, result.stdout) == (0, "Admitted ann@example.com.\n")
    assert (user.email, user.name, user.role) == ("ann@example.com", "Ann", Role.ADMIN)
    assert user.password is not None
    assert user.password.startswith("$argon2id$")
    assert verify_password(PASSWORD, user.password)


def test_password_is_asked_for_twice_and_not_shown(
    cli: FlaskCliRunner, session: Session
) -> None:
    result = cli.invoke(
        args=[*ADD, "admin"],
        input=f"{PASSWORD}\n{PASSWORD}\n",
        env={"WXCHANNELS_PASSWORD": ""},
    )

    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert session.scalars(select(User)).one().password


def test_role_holds_on_the_account_that_is_named(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    cli.invoke(args=[*ADD, "manager", "--account", "main"], env=ENV)

    user = session.scalars(select(User)).one()
    assert user.role is None
    assert [(row.account_id, row.role) for row in user.memberships] == [
        (account.id, "manager")
    ]


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (["users", "add", "nobody", "--role", "admin"], PASSWORD, "not an e-mail"),
        ([*ADD, "admin"], "short", "at least 12 characters"),
        ([*ADD, "admin"], "long" * 500, "at most 1024 characters"),
        ([*ADD, "admin"], "password1234", "easy to guess"),
        ([*ADD, "admin", "--account", "none"], PASSWORD, "no account “none”"),
    ],
)
def test_refusal_is_one_line_and_admits_nobody(
    cli: FlaskCliRunner,
    session: Session,
    arguments: list[str],
    password: str,
    sentence: str,
) -> None:
    result = cli.invoke(args=arguments, env={"WXCHANNELS_PASSWORD": password})

    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert password not in result.stderr
    assert session.scalars(select(User)).all() == []


def test_address_is_admitted_once(cli: FlaskCliRunner, session: Session) -> None:
    factories.user(session)

    result = cli.invoke(args=[*ADD, "admin"], env=ENV)

    assert result.exit_code == 1
    assert "already a user" in result.stderr


def test_name_that_nobody_can_read_admits_nobody(
    cli: FlaskCliRunner, session: Session
) -> None:
    result = cli.invoke(args=[*ADD, "admin", "--name", "A\0nn"], env=ENV)

    assert result.exit_code == 2
    assert session.scalars(select(User)).all() == []


def test_unknown_role_is_a_mistake_in_the_command(cli: FlaskCliRunner) -> None:
    assert cli.invoke(args=[*ADD, "owner"], env=ENV).exit_code == 2


def test_admission_is_noted(cli: FlaskCliRunner, session: Session) -> None:
    cli.invoke(args=[*ADD, "admin"], env=ENV)

    [entry] = session.scalars(select(AuditEntry))
    assert (entry.actor, entry.action) == ("command line", "user.add")
    assert PASSWORD not in str(entry.details)


def test_list_says_who_may_what(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    factories.user(session, "ann@example.com", Role.ADMIN, name="Ann")
    bo = factories.user(session, "bo@example.com", None, active=False)
    factories.membership(session, bo, account, Role.STAFF)
    for number in range(50):
        factories.user(session, f"p{number:02}@example.com", Role.MANAGER)

    lines = cli.invoke(args=["users", "list"]).stdout.splitlines()

    assert lines[0] == "ann@example.com\tAnn\tadmin\tactive"
    assert lines[1] == "bo@example.com\t\tmain: staff\tdisabled"
    assert len(lines) == 52


def test_reset_prints_a_link_and_opens_every_lock(
    cli: FlaskCliRunner, session: Session
) -> None:
    user = factories.user(
        session,
        failed_sign_ins=5,
        tf_primary_method="authenticator",
        tf_totp_secret="a secret",
    )

    result = cli.invoke(args=["users", "reset", "ann@example.com", "--code"])

    session.rollback()
    assert result.stdout.startswith("http://localhost/password/")
    assert user.link_digest is not None
    assert (user.failed_sign_ins, user.tf_totp_secret) == (0, None)


def test_reset_keeps_the_code_unless_told(
    cli: FlaskCliRunner, session: Session
) -> None:
    user = factories.user(session, tf_totp_secret="a secret")

    cli.invoke(args=["users", "reset", "ann@example.com"])

    session.rollback()
    assert user.tf_totp_secret == "a secret"


def test_reset_of_nobody_is_one_line(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=["users", "reset", "nobody@example.com"])

    assert (result.exit_code, result.stderr) == (1, "Error: There is no such user.\n")
