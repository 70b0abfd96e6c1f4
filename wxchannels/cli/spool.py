"""`spool`: what waits on this host, and bringing it home."""

from datetime import timedelta

import click
from flask import current_app

from wxchannels import clock
from wxchannels.cli.edge import OperatorGroup
from wxchannels.intake.intake import Intake
from wxchannels.intake.spool import SpoolError
from wxchannels.intake.store import DatabaseAwayError

group = OperatorGroup("spool", help="Pushes kept on this host.")


@group.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Say what waits on this host; exit with 1 if anything does."""
    try:
        found = _intake().status()
    except SpoolError as error:
        raise click.ClickException(f"The spool cannot be read: {error}") from None
    click.echo(f"pushes waiting: {found.spooled}")
    if found.oldest_spooled_at:
        age = clock.utcnow() - found.oldest_spooled_at
        click.echo(f"the oldest came {round(age.total_seconds())} s ago")
    click.echo(f"set aside, damaged: {found.quarantined}")
    if found.quarantined_since:
        kept = timedelta(days=current_app.config["RAW_RETENTION_DAYS"])
        ends_on = (found.quarantined_since + kept).date()
        click.echo(f"the oldest of it is deleted on {ends_on}: have a look before")
    if found.spooled or found.quarantined:
        ctx.exit(1)


@group.command()
def drain() -> None:
    """Bring home what waits on this host; safe beside servers and workers."""
    try:
        brought = _intake().drain()
    except DatabaseAwayError as error:
        sentence = f"The database does not take pushes now ({error}). Nothing is lost."
        raise click.ClickException(sentence) from None
    except SpoolError as error:
        raise click.ClickException(f"The spool cannot be read: {error}") from None
    click.echo(f"pushes brought home: {brought}")


def _intake() -> Intake:
    intake: Intake = current_app.extensions["intake"]
    return intake
