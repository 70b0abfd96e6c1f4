"""`stats`: whether the numbers say what the ledger says."""

from collections.abc import Sequence
from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from wxchannels.accounts import accounts
from wxchannels.cli.edge import OperatorGroup, writing_session
from wxchannels.extensions import db
from wxchannels.ledger import counters
from wxchannels.ledger import rebuild as histories
from wxchannels.ledger.counters import Difference
from wxchannels.models import NO_CHANNEL, UNKNOWN_SCENE, Account

ROWS = {NO_CHANNEL: "no channel", UNKNOWN_SCENE: "unknown scene"}
DAY = click.DateTime(["%Y-%m-%d"])

group = OperatorGroup("stats", help="Check and rebuild the numbers.")


@group.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Compare every number with the ledger; exit with 1 if one differs."""
    session = db.session()
    differs = False
    for account in accounts.list_accounts(session):
        lines = _compare(session, account)
        differs |= bool(lines)
        state = "differs from the ledger" if lines else "numbers and ledger agree"
        click.echo("\n  ".join([f"{account.slug}: {state}", *lines]))
    if differs:
        ctx.exit(1)


@group.command()
@click.option("--from", "start", type=DAY, help="The first day, like 2026-11-01.")
@click.option("--to", "end", type=DAY, help="The last day, included.")
@click.pass_context
def rebuild(ctx: click.Context, start: datetime | None, end: datetime | None) -> None:
    """Count the days again from the ledger: all of them, or those asked for.

    Everybody's history is read again first.
    """
    first = start.date() if start else date.min
    last = end.date() if end else date.max
    if first > last:
        raise click.UsageError("--from lies after --to.")
    session, differs = db.session(), False
    for account in accounts.list_accounts(session):
        before = _compare(session, account)
        session.rollback()
        _rebuild(account, first, last)
        after = _compare(session, account)
        differs |= bool(after)
        _tell_what_changed(account.slug, before, after)
    if differs:
        ctx.exit(1)


def _rebuild(account: Account, first: date, last: date) -> None:
    """Read the histories a page at a time, so that pushes are not kept waiting."""
    reached: int | None = 0
    while reached is not None:
        with writing_session() as session:
            reached = histories.refold_page(session, account, after=reached)
    with writing_session() as session:
        counters.rebuild(session, account.id, start=first, end=last)


def _tell_what_changed(slug: str, before: Sequence[str], after: Sequence[str]) -> None:
    click.echo(f"{slug}: rebuilt")
    for line in before:
        word = "still differs" if line in after else "corrected"
        click.echo(f"  {word}  {line}")


def _compare(session: Session, account: Account) -> list[str]:
    """Return a line for everything that is stored otherwise than it should be."""
    return [
        *[_counter_line(one) for one in counters.check(session, account.id)],
        *[
            f"follower {one.follower_id}: {', '.join(one.what)}"
            for one in histories.find_misreadings(session, account)
        ],
    ]


def _counter_line(difference: Difference) -> str:
    row = ROWS.get(difference.row_id, f"channel {difference.row_id}")
    return (
        f"{difference.day}  {row}  {difference.column}: "
        f"counted {difference.counted}, ledger {difference.ledger}"
    )
