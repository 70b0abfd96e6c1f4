"""`followers`: take over who followed before we came; show or erase one person."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import click
from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts import accounts, comparing, importing
from wxchannels.accounts.follower_list import Batch
from wxchannels.cli.edge import OperatorGroup, writing_session
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.ledger import personal
from wxchannels.models import Account, Follower
from wxchannels.people import audit
from wxchannels.web.wechat import client_for

Command = Callable[..., None]

group = OperatorGroup(
    "followers", help="Take over who followed before; show or erase one person."
)


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
    erase = current_app.config["ERASE_ON_UNFOLLOW"]
    with transactions(write=True), _progress_bar() as progress:
        for batch in importing.import_list(
            session, wechat, number, erase=erase, now=clock.utcnow
        ):
            progress(batch)
    click.echo("All followers are imported.", err=True)


@group.command("compare")
@click.option("--account", "slug", required=True, help="The account's slug.")
def compare(slug: str) -> None:
    """Correct who follows by WeChat's list, as the worker does every night.

    Stopped half-way, it goes on there, here or in a worker.
    """
    session = db.session()
    account = accounts.get_account(session, slug)
    if account.followers_imported_at is None:
        raise click.ClickException("Run `followers import` first.")
    wechat, number = client_for(account), account.id
    erase = current_app.config["ERASE_ON_UNFOLLOW"]
    session.rollback()
    with transactions(write=True):
        for _ in comparing.compare_list(
            session, wechat, number, erase=erase, now=clock.utcnow
        ):
            pass
        run = comparing.last_comparison(session, account)
        assert run is not None  # noqa: S101 - it came to its end just now
        click.echo(
            f"{run.total} followers: {run.missed_follows} follows and "
            f"{run.missed_unfollows} unfollows that no push had told of."
        )
        session.rollback()


def about_one_person(command: Command) -> Command:
    """Ask for the account, and for the openid where no history keeps it."""
    account = click.option(
        "--account", "slug", required=True, help="The account's slug."
    )
    openid = click.option(
        "--openid-file",
        type=click.File(),
        help="Holds the openid, - is standard input; else it is asked for.",
    )
    return account(openid(command))


@group.command()
@about_one_person
def export(slug: str, openid_file: IO[str] | None) -> None:
    """Print everything that is kept of a person, as JSON."""
    openid = _ask_whom(openid_file)
    with writing_session() as session:
        account = accounts.get_account(session, slug)
        person = personal.get_person(session, account, openid)
        found = personal.export_person(session, account, person)
        _note(session, "person.export", account, person)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@group.command()
@about_one_person
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
def erase(slug: str, openid_file: IO[str] | None, *, yes: bool) -> None:
    """Erase what says who a person is. Events, and so all numbers, stay."""
    openid = _ask_whom(openid_file)
    session = db.session()
    account = accounts.get_account(session, slug)
    person = personal.get_person(session, account, openid)
    if not yes:
        question = f"Erase what is kept of person {person.id}? There is no way back."
        click.confirm(question, abort=True, err=True)
    # What only reads must be over before what writes begins.
    session.rollback()
    with writing_session():
        personal.erase_person(session, account, person, at=clock.utcnow())
        _note(session, "person.erase", account, person)
    click.echo("Erased. A keyed hash stays, which recognises a return.", err=True)


def _ask_whom(file: IO[str] | None) -> str:
    if file is not None:
        return file.read()
    openid: str = click.prompt("OpenID", err=True)
    return openid


def _note(session: Session, action: str, account: Account, person: Follower) -> None:
    actor, now = audit.COMMAND_LINE, clock.utcnow()
    audit.note(session, actor, action, account=account, subject_id=person.id, at=now)


@contextmanager
def _progress_bar() -> Iterator[Callable[[Batch], None]]:
    """Show on standard error how far the list is read."""
    with click.progressbar(length=0, label="Followers", file=sys.stderr) as bar:

        def progress(batch: Batch) -> None:
            bar.length = batch.total
            bar.update(batch.count)

        yield progress
