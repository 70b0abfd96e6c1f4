"""`api-keys`: let programs in."""

import click

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.cli.edge import LINE, OperatorGroup, writing_session
from wxchannels.people import api_keys, audit

group = OperatorGroup("api-keys", help="Let programs in.")


@group.command()
@click.option("--account", "slug", required=True, help="The account's slug.")
@click.option("--name", required=True, type=LINE, help="What the program is.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(api_keys.SCOPES),
    help="What it may do; without one, everything.",
)
def add(slug: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key and print it: it is shown once and kept nowhere."""
    now = clock.utcnow()
    with writing_session() as session:
        account = accounts.get_account(session, slug)
        key, text = api_keys.issue_key(session, account, name, scopes, at=now)
        audit.note(
            session,
            audit.COMMAND_LINE,
            "api_key.issue",
            account=account,
            subject_id=key.id,
            details={"name": key.name, "scopes": key.scopes},
            at=now,
        )
    click.echo(text)
