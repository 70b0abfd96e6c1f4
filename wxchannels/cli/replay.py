"""`stats replay`: raw pushes received again."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from wxchannels.accounts import accounts
from wxchannels.cli.edge import written
from wxchannels.cli.stats import rebuild_account
from wxchannels.cli.watching import Watched
from wxchannels.extensions import db
from wxchannels.intake.parking import park
from wxchannels.ledger import replay as pushes
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.replay import Kept
from wxchannels.models import Account

Readable = tuple[Kept, Delivery]


class WrongMomentError(click.BadParameter):
    """Neither a day nor a moment."""

    def __init__(self, text: str) -> None:
        super().__init__(f"“{text}” is no moment like 2026-11-25 or 2026-11-25T08:30.")


@dataclass
class Tally:
    """What came of a replay."""

    replayed: int = 0
    added: int = 0
    erased: int = 0
    unreadable: int = 0
    parked: int = 0

    def __str__(self) -> str:
        words = {
            f"{self.replayed} replayed": True,
            f"{self.added} were missing": True,
            f"{self.erased} erased with their person": self.erased,
            f"{self.unreadable} unreadable": self.unreadable,
            f"{self.parked} parked": self.parked,
        }
        return ", ".join(word for word, is_said in words.items() if is_said)


@click.command()
@with_appcontext
@click.option("--account", "slug", required=True, help="The account's slug.")
@click.option("--from", "start", required=True, help="2026-11-25 or 2026-11-25T08:30.")
@click.option("--to", "end", required=True, help="The same; a day alone is included.")
def replay(slug: str, start: str, end: str) -> None:
    """Receive the pushes of a time again, as they reached us, from what is kept.

    What the ledger has changes nothing; what it lost comes back, and then everything is
    counted again. Parked pushes are tried again. Times are the account's. Stopped
    half-way, it may simply run again.
    """
    session = db.session()
    account = accounts.get_account(session, slug)
    begins = _moment(start, account.time_zone)
    ends = _moment(end, account.time_zone, is_end=True)
    if begins >= ends:
        raise click.UsageError("--from does not lie before --to.")
    tally, watched, after = Tally(), Watched(), pushes.BEGINNING
    while kept := pushes.list_kept(session, account, begins, ends, after=after):
        zone = ZoneInfo(account.time_zone)
        # What only reads must be over before what writes begins.
        session.rollback()
        after = kept[-1].position
        _replay(account, _readable(kept, tally), tally)
        watched.show(f"up to {after[0].astimezone(zone):%Y-%m-%dT%H:%M:%S}: {tally}")
    watched.clear()
    click.echo(f"{slug}: {tally}")
    if tally.added:
        # What lost them may have lost counters as well.
        rebuild_account(session, account)


def _readable(kept: Sequence[Kept], tally: Tally) -> list[Readable]:
    """Return those that are still there and can be read; count the others."""
    found = [(one, one.delivery()) for one in kept if one.body]
    readable = [(one, delivery) for one, delivery in found if delivery is not None]
    tally.erased += len(kept) - len(found)
    tally.unreadable += len(found) - len(readable)
    return readable


def _replay(account: Account, batch: Sequence[Readable], tally: Tally) -> None:
    """Receive the batch in one transaction; one that breaks it, alone."""
    if not batch:
        return
    erase = current_app.config["ERASE_ON_UNFOLLOW"]
    try:
        tally.added += written(
            lambda session: pushes.replay(session, account, batch, erase=erase)
        )
        tally.replayed += len(batch)
    except SQLAlchemyError:
        # The database, not a push. Running again goes over the same ones.
        raise
    except Exception as error:  # noqa: BLE001 - whatever a push breaks: it is kept
        db.session.rollback()
        if len(batch) > 1:
            for one in batch:
                _replay(account, [one], tally)
        else:
            _park(account, batch[0][1], error)
            tally.parked += 1


def _park(account: Account, delivery: Delivery, error: Exception) -> None:
    written(lambda session: park(session, account.id, delivery, error))


def _moment(text: str, zone: str, *, is_end: bool = False) -> datetime:
    """Return the moment `text` names by the clocks of `zone`."""
    try:
        moment = _read(text, timedelta(days=is_end))
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return zoned.astimezone(UTC)
    # The calendar ends with the year 9999.
    except (ValueError, OverflowError):
        raise WrongMomentError(text) from None


def _read(text: str, after: timedelta) -> datetime:
    with suppress(ValueError):
        return datetime.combine(date.fromisoformat(text) + after, time())
    return datetime.fromisoformat(text)
