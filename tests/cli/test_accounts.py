import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.accounts import accounts
from wxchannels.models import Account, Mode

OPTIONS = {
    "--slug": "banmu",
    "--name": "半亩茶",
    "--app-id": "wx0000000000000001",
    "--original-id": "gh_000000000001",
    "--token": "Token123",
    "--mode": "safe",
    "--aes-key": factories.AES_KEY,
}


def arguments(**changes: str) -> list[str]:
    options = {**OPTIONS, **{f"--{k.replace('_', '-')}": v for k, v in changes.items()}}
    return ["accounts", "add", *[word for pair in options.items() for word in pair]]


@pytest.fixture(autouse=True)
def app_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WXCHANNELS_APP_SECRET", "a secret")


def test_add_connects_an_account_and_says_what_to_paste(
    cli: FlaskCliRunner, session: Session
) -> None:
    result = cli.invoke(args=arguments())

    account = accounts.get_account(session, "banmu")
    assert result.exit_code == 0
    assert "http://localhost/weixin/banmu" in result.output
    assert (account.name, account.app_secret) == ("半亩茶", "a secret")
    assert (account.mode, account.time_zone) == (Mode.SAFE, "Asia/Shanghai")


def test_secret_is_asked_for_where_the_environment_has_none(
    cli: FlaskCliRunner, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WXCHANNELS_APP_SECRET")

    result = cli.invoke(args=arguments(), input="typed secret\n")

    assert result.exit_code == 0
    assert "typed secret" not in result.output
    assert accounts.get_account(session, "banmu").app_secret == "typed secret"


def test_plain_mode_needs_no_key(cli: FlaskCliRunner, session: Session) -> None:
    result = cli.invoke(args=arguments(mode="plain", aes_key=""))

    assert result.exit_code == 0
    assert accounts.get_account(session, "banmu").aes_key is None


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("token", "x"),
        ("aes_key", "short"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "localtime"),
        ("time_zone", "Factory"),
        ("slug", "-"),
        ("name", "  "),
        ("app_id", " "),
        ("original_id", "\t"),
        ("name", "half\x07bell"),
        ("app_id", "wx\u200b\x001"),
    ],
)
def test_bad_setting_is_one_line_that_names_the_option(
    cli: FlaskCliRunner, session: Session, option: str, value: str
) -> None:
    result = cli.invoke(args=arguments(**{option: value}))

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: --{option.replace('_', '-')}: ")
    assert result.stderr.count("\n") == 1
    assert accounts.list_accounts(session) == []


def test_all_that_is_wrong_is_named_at_once(
    cli: FlaskCliRunner, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WXCHANNELS_APP_SECRET", " ")

    result = cli.invoke(args=arguments(slug="A", token="x", time_zone="", name=""))

    named = [line.split(":")[-2].split()[-1] for line in result.stderr.splitlines()]
    assert named == ["--slug", "--name", "--app-secret", "--token", "--time-zone"]
    assert accounts.list_accounts(session) == []


def test_blanks_around_what_was_pasted_are_dropped(
    cli: FlaskCliRunner, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WXCHANNELS_APP_SECRET", " a secret\n")

    cli.invoke(args=arguments(name=" 半亩茶 ", app_id=" wx1 "))

    account = accounts.get_account(session, "banmu")
    assert (account.name, account.app_id) == ("半亩茶", "wx1")
    assert account.app_secret == "a secret"


def test_unknown_mode_is_wrong_usage(cli: FlaskCliRunner) -> None:
    assert cli.invoke(args=arguments(mode="odd")).exit_code == 2


def test_taken_slug_is_one_line(cli: FlaskCliRunner, account: Account) -> None:
    result = cli.invoke(args=arguments(slug=account.slug))

    assert result.exit_code == 1
    assert "--slug" in result.stderr


def test_list_names_every_account(cli: FlaskCliRunner, session: Session) -> None:
    factories.account(session, slug="bake", name="烘焙")
    factories.account(session, slug="tea", verified_at=factories.NOON)

    result = cli.invoke(args=["accounts", "list"])

    lines = result.output.splitlines()
    assert len(lines) == 2
    assert any("bake\t烘焙" in line and "not verified" in line for line in lines)
    assert any(line.endswith("verified 2026-03-02 04:00 UTC") for line in lines)
