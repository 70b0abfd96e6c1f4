"""`stats`: whether the numbers say what the ledger says."""

from collections.abc import Sequence
from datetime import date, datetime

import click

from wxchannels.accounts import accounts
from wxchannels.cli.edge import OperatorGroup, writing_session
from wxchannels.extensions import db
from wxchannels.ledger import counters
from wxchannels.ledger.counters import Difference
from wxchannels.models import NO_CHANNEL, UNKNOWN_SCENE

ROWS = {NO_CHANNEL: "no channel", UNKNOWN_SCENE: "unknown scene"}
DAY = click.DateTime(["%Y-%m-%d"])

group = OperatorGroup("stats", help="Check and rebuild the numbers.")


@group.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Compare every number with the ledger; exit with 1 if one differs."""
    session = db.session()
    found = {
        account.slug: counters.check(session, account.id)
        for account in accounts.list_accounts(session)
    }
    for slug, differences in found.items():
        _tell(slug, differences)
    if any(found.values()):
        ctx.exit(1)


@group.command()
@click.option("--from", "start", type=DAY, help="The first day, like 2026-11-01.")
@click.option("--to", "end", type=DAY, help="The last day, included.")
@click.pass_context
def rebuild(ctx: click.Context, start: datetime | None, end: datetime | None) -> None:
    """Count the days again from the ledger: all of them, or those asked for."""
    first = start.date() if start else date.min
    last = end.date() if end else date.max
    if first > last:
        raise click.UsageError("--from lies after --to.")
    differs = False
    with writing_session() as session:
        for account in accounts.list_accounts(session):
            before = counters.check(session, account.id)
            counters.rebuild(session, account.id, start=first, end=last)
            after = counters.check(session, account.id)
            _tell_what_changed(account.slug, before, after)
            differs |= bool(after)
    if differs:
        ctx.exit(1)


def _tell_what_changed(
    slug: str, before: Sequence[Difference], after: Sequence[Difference]
) -> None:
    click.echo(f"{slug}: rebuilt")
    for difference in before:
        word = "still differs" if difference in after else "corrected"
        click.echo(f"  {word}  {_line(difference)}")


def _tell(slug: str, differences: Sequence[Difference]) -> None:
    if not differences:
        click.echo(f"{slug}: numbers and ledger agree")
        return
    click.echo(f"{slug}: {len(differences)} numbers differ from the ledger")
    for difference in differences:
        click.echo(f"  {_line(difference)}")


def _line(difference: Difference) -> str:
    row = ROWS.get(difference.row_id, f"channel {difference.row_id}")
    return (
        f"{difference.day}  {row}  {difference.column}: "
        f"counted {difference.counted}, ledger {difference.ledger}"
    )
