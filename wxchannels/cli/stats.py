"""`stats`: whether the numbers say what the ledger says."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import click
from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.cli.edge import OperatorGroup, writing_session, written
from wxchannels.cli.watching import Watched
from wxchannels.database import snapshot
from wxchannels.extensions import db
from wxchannels.ledger import counters, recount
from wxchannels.ledger import rebuild as histories
from wxchannels.ledger.counters import Difference
from wxchannels.ledger.rebuild import Misreading
from wxchannels.ledger.recount import Progress, Step
from wxchannels.models import NO_CHANNEL, UNKNOWN_SCENE, Account

ROWS = {NO_CHANNEL: "no channel", UNKNOWN_SCENE: "unknown scene"}
DAY = click.DateTime(["%Y-%m-%d"])

group = OperatorGroup("stats", help="Check and rebuild the numbers.")
only = click.option("--account", "slug", help="Only this account, by its slug.")


@group.command()
@only
@click.pass_context
def check(ctx: click.Context, slug: str | None) -> None:
    """Compare every number with the ledger; exit with 1 if one differs.

    Pushes may come meanwhile: they are in both or in neither.
    """
    session = db.session()
    wrong = [one for one in _chosen(session, slug) if _check(session, one)]
    if wrong:
        ctx.exit(1)


@group.command()
@only
@click.option("--from", "start", type=DAY, help="The first day, like 2026-11-01.")
@click.option("--to", "end", type=DAY, help="The last day, included.")
@click.pass_context
def rebuild(
    ctx: click.Context, slug: str | None, start: datetime | None, end: datetime | None
) -> None:
    """Count the days again from the ledger: all of them, or those asked for.

    Everybody's history is read again first. Pushes may come meanwhile. Stopped
    half-way, it goes on where it was.
    """
    first, last = start.date() if start else None, end.date() if end else None
    if first and last and first > last:
        raise click.UsageError("--from lies after --to.")
    session, differs = db.session(), False
    for account in _chosen(session, slug):
        rebuild_account(session, account, first, last)
        differs |= _check(session, account, "still differs")
    if differs:
        ctx.exit(1)


def _chosen(session: Session, slug: str | None) -> Sequence[Account]:
    """Return the account at `slug`, or all of them."""
    if slug is None:
        return accounts.list_accounts(session)
    return [accounts.get_account(session, slug)]


def _check(session: Session, account: Account, word: str = "") -> bool:
    """Tell whether the account's numbers are right, and return if they are not."""
    lines = [f"{word}  {line}".strip() for line in _compare(session, account)]
    state = "differs from the ledger" if lines else "numbers and ledger agree"
    click.echo("\n  ".join([f"{account.slug}: {state}", *lines]))
    return bool(lines)


def rebuild_account(
    session: Session,
    account: Account,
    first: date | None = None,
    last: date | None = None,
) -> None:
    """Count the account's days again and say what was corrected."""
    holder, watched, slug = str(uuid.uuid4()), Watched(), account.slug
    # What only reads must be over before what writes begins.
    session.rollback()
    with writing_session():
        progress = recount.take(
            session, account, holder, start=first, end=last, now=clock.utcnow()
        )
        if progress.people_done:
            click.echo(f"{slug}: going on where it stopped", err=True)

    erase = current_app.config["ERASE_ON_UNFOLLOW"]

    def count(session: Session) -> Step:
        return recount.step(session, account, holder, erase=erase, now=clock.utcnow())

    while not progress.is_finished:
        step = written(count)
        progress = step.progress
        for line in _lines(step.differences, step.misreadings):
            watched.clear()
            click.echo(f"{slug}: corrected  {line}")
        watched.show(f"{slug}: {_how_far(progress)}")
    watched.clear()


def _how_far(progress: Progress) -> str:
    if progress.day_reached:
        return f"days counted up to {progress.day_reached}"
    return f"{progress.people_done} of {progress.people_total} histories read"


def _compare(session: Session, account: Account) -> Iterator[str]:
    """Return a line for everything that is stored otherwise than it should be."""
    watched, day, last = Watched(), date.min, 0
    while True:
        with snapshot(session):
            found = counters.next_day(session, account.id, start=day, end=date.max)
            if found is None:
                break
            differences = counters.check(session, account.id, start=found, end=found)
        watched.show(f"{account.slug}: days compared up to {found}")
        yield from _lines(differences, [])
        day = found + timedelta(days=1)
    people = 0
    while True:
        with snapshot(session):
            page = histories.look(session, account, after=last)
        yield from _lines([], page.misreadings)
        if page.last is None:
            break
        last, people = page.last, people + page.people
        watched.show(f"{account.slug}: {people} histories compared")
    watched.clear()


def _lines(
    differences: Sequence[Difference], misreadings: Sequence[Misreading]
) -> list[str]:
    return [
        *[_counter_line(one) for one in differences],
        *[f"follower {one.follower_id}: {', '.join(one.what)}" for one in misreadings],
    ]


def _counter_line(difference: Difference) -> str:
    row = ROWS.get(difference.row_id, f"channel {difference.row_id}")
    return (
        f"{difference.day}  {row}  {difference.column}: "
        f"counted {difference.counted}, ledger {difference.ledger}"
    )
