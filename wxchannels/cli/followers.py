"""`followers`: take over who followed before we came."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from wxchannels import clock
from wxchannels.accounts import accounts, follower_list
from wxchannels.accounts.follower_list import Progress
from wxchannels.cli.edge import OperatorGroup, writing_session
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
    wechat, start = client_for(account), account.import_next_openid or ""
    if start:
        click.echo("Going on where the import stopped.", err=True)
    with _progress_bar() as progress:
        while True:
            # WeChat is never asked with a transaction open.
            session.rollback()
            page = follower_list.fetch_page(wechat, start, progress=progress)
            with writing_session():
                follower_list.store_page(session, account, page, at=clock.utcnow())
            if not page.next_openid:
                break
            start = page.next_openid
    click.echo("All followers are imported.", err=True)


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """Show on standard error how many people were looked up."""
    with click.progressbar(length=0, label="Followers", file=sys.stderr) as bar:

        def progress(count: int, total: int) -> None:
            bar.length = total
            bar.update(count)

        yield progress
