"""`accounts`: connect official accounts and see which there are."""

import os

import click
from flask import current_app

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.accounts.connection import DEFAULT_TIME_ZONE, Connection
from wxchannels.cli.edge import OperatorGroup, refusal, writing_session
from wxchannels.extensions import db
from wxchannels.models import Account, Mode
from wxchannels.people import audit

SECRET_VARIABLE = "WXCHANNELS_APP_SECRET"  # noqa: S105 - the name, not the secret

group = OperatorGroup("accounts", help="Connect official accounts.")


@group.command()
@click.option("--slug", required=True, help="Part of the account's addresses.")
@click.option("--name", required=True, help="As people know the account.")
@click.option("--app-id", required=True)
@click.option("--original-id", required=True, help="Begins with gh_.")
@click.option("--token", required=True, help="3 to 32 letters and digits.")
@click.option("--mode", required=True, type=click.Choice([str(mode) for mode in Mode]))
@click.option("--aes-key", default="", help="43 letters and digits.")
@click.option("--time-zone", default=DEFAULT_TIME_ZONE, show_default=True)
def add(**entered: str) -> None:
    """Connect an account.

    The app secret comes from WXCHANNELS_APP_SECRET or is asked for.
    """
    secret = os.environ.get(SECRET_VARIABLE) or _ask_for_secret()
    given = {**entered, "app_secret": secret}
    connection = Connection(**{name: text.strip() for name, text in given.items()})
    if problems := connection.problems():
        raise refusal(*problems)
    with writing_session() as session:
        accounts.connect_account(session, connection, at=clock.utcnow())
    address = accounts.callback_url(current_app.config["BASE_URL"], connection.slug)
    click.echo(f"Connected “{connection.name}”. In WeChat's console, enter the URL")
    click.echo(f"  {address}")
    click.echo("with the token and mode given here. `doctor` says whether it works.")


@group.command("list")
def show() -> None:
    """List the accounts."""
    for account in accounts.list_accounts(db.session()):
        click.echo(_line(account))


@group.command("forget-previous")
@click.argument("slug")
def forget_previous(slug: str) -> None:
    """End a change of SLUG's token or AES key: the one before is refused from now on.

    Do it once WeChat's console has the new one.
    """
    with writing_session() as session:
        account = accounts.forget_previous(session, slug)
        audit.note(
            session,
            audit.COMMAND_LINE,
            "account.forget_previous",
            account=account,
            subject_id=account.id,
            at=clock.utcnow(),
        )
    click.echo(f"Only the current token and AES key of {slug} are taken.")


def _ask_for_secret() -> str:
    secret: str = click.prompt("App secret", hide_input=True, err=True)
    return secret


def _line(account: Account) -> str:
    columns = (account.slug, account.name, account.app_id, account.mode)
    return "\t".join([*columns, _state(account)])


def _state(account: Account) -> str:
    if account.verified_at is None:
        return "not verified yet"
    return f"verified {account.verified_at:%Y-%m-%d %H:%M} UTC"
