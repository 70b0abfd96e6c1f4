"""`followers`: take over who followed before we came."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask import current_app

from wxchannels import clock
from wxchannels.accounts import accounts, importing
from wxchannels.accounts.comparing import compare_list
from wxchannels.accounts.follower_list import Batch
from wxchannels.cli.edge import OperatorGroup
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.web.wechat import client_for

group = OperatorGroup("followers", help="Take over who followed before.")


@group.command("import")
@click.option("--account", "slug", required=True, help="The account's slug.")
def import_list(slug: str) -> None:
    """Import WeChat's list of followers, so that who returns is not taken for new.

    Stopped half-way, it goes on at the page where it was.
    """
    session = db.session()
    account = accounts.get_account(session, slug)
    wechat = client_for(account)
    if account.import_next_openid:
        click.echo("Going on where the import stopped.", err=True)
    number = account.id
    session.rollback()
    with transactions(write=True), _progress_bar() as progress:
        for batch in importing.import_list(session, wechat, number, now=clock.utcnow):
            progress(batch)
    click.echo("All followers are imported.", err=True)


@group.command("compare")
@click.option("--account", "slug", required=True, help="The account's slug.")
def compare(slug: str) -> None:
    """Correct who follows by WeChat's list, as the worker does every night."""
    session = db.session()
    account = accounts.get_account(session, slug)
    wechat, number = client_for(account), account.id
    erase = current_app.config["ERASE_ON_UNFOLLOW"]
    session.rollback()
    with transactions(write=True):
        run = compare_list(session, wechat, number, erase=erase, now=clock.utcnow)
        if run is None:
            raise click.ClickException("Run `followers import` first.")
        click.echo(
            f"{run.total} followers: {run.missed_follows} follows and "
            f"{run.missed_unfollows} unfollows that no push had told of."
        )
        session.rollback()


@contextmanager
def _progress_bar() -> Iterator[Callable[[Batch], None]]:
    """Show on standard error how far the list is read."""
    with click.progressbar(length=0, label="Followers", file=sys.stderr) as bar:

        def progress(batch: Batch) -> None:
            bar.length = batch.total
            bar.update(batch.count)

        yield progress
