"""Everybody's history read again, as `stats check` does."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from wxchannels.ledger import rebuild
from wxchannels.ledger.rebuild import Misreading
from wxchannels.models import Account


def find_misreadings(session: Session, account: Account) -> Iterator[Misreading]:
    """Return whoever is stored otherwise than their history reads."""
    last: int | None = 0
    while last is not None:
        page = rebuild.look(session, account, after=last)
        yield from page.misreadings
        last = page.last
