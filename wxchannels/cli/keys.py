"""`keys`: let go of an old key of encryption at rest."""

import sys

import click

from wxchannels.cli.edge import OperatorGroup, writing_session
from wxchannels.extensions import db
from wxchannels.resealing import Sealed, sealed_columns

group = OperatorGroup("keys", help="Change the keys of encryption at rest.")


@group.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Say what is still sealed with an older key; exit with 1 if anything is."""
    left = _tell_what_is_left()
    db.session.rollback()
    if left:
        ctx.exit(1)


@group.command()
@click.pass_context
def reseal(ctx: click.Context) -> None:
    """Seal everything with the first key of DATA_KEYS, so that the others can go.

    Pushes come in meanwhile. Stopped half-way, it goes on where it was.
    """
    for column in sealed_columns():
        _reseal(column)
    if _tell_what_is_left():
        says = (
            "Not all of it. Either a server or worker still runs with older "
            "DATA_KEYS, or DATA_KEYS lacks a key: `doctor` says which column."
        )
        click.echo(says, err=True)
        ctx.exit(1)
    click.echo("Everything in the database is sealed with the first key.")


def _reseal(column: Sealed) -> None:
    """Seal a column a page at a time, so that pushes are not kept waiting."""
    total, after = column.count_old(db.session()), 0
    db.session.rollback()
    with click.progressbar(length=total, label=column.purpose, file=sys.stderr) as bar:
        while True:
            with writing_session() as session:
                page = column.reseal_page(session, after=after)
            if page is None:
                return
            after = page.reached
            bar.update(page.found)


def _tell_what_is_left() -> int:
    """Say how much of each column an older key sealed; return how much in all."""
    left = {
        column.purpose: column.count_old(db.session()) for column in sealed_columns()
    }
    for purpose, count in left.items():
        if count:
            click.echo(f"{purpose}: {count} sealed with an older key")
    return sum(left.values())
