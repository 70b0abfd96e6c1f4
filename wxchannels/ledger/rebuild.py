"""Everybody's history read again: to show that nothing changes, or to mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from wxchannels.ledger import followers
from wxchannels.ledger.days import local_day
from wxchannels.ledger.fold import Correction, Person, fold
from wxchannels.ledger.followers import Locked
from wxchannels.ledger.histories import Recorded, read_corrections, read_events, refold
from wxchannels.models import Account

PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Misreading:
    """A person whose stored events or standing differ from their history."""

    follower_id: int
    #: Names of what differs: columns of the follower, or "events".
    what: Sequence[str]


def find_misreadings(session: Session, account: Account) -> Iterator[Misreading]:
    """Return whoever is stored otherwise than their history reads."""
    for people in _pages(session, account):
        events = read_events(session, [locked.id for locked in people])
        corrections = read_corrections(session, people)
        for locked in people:
            noted = corrections.get(locked.id, ())
            what = _differences(account, locked, events[locked.id], noted)
            if what:
                yield Misreading(follower_id=locked.id, what=what)


def refold_page(
    session: Session, account: Account, *, after: int, limit: int = PAGE
) -> int | None:
    """Read the next people's histories again and write what differs.

    Returns the last one's number, to go on from after a commit, or None at the end.
    """
    people = followers.list_people(session, account.id, after=after, limit=limit)
    if not people:
        return None
    refold(session, account, people, {}, {}, erase=False)
    return people[-1].id


def _pages(session: Session, account: Account) -> Iterator[list[Locked]]:
    after = 0
    while people := followers.list_people(
        session, account.id, after=after, limit=PAGE, lock=False
    ):
        yield people
        after = people[-1].id


def _differences(
    account: Account,
    locked: Locked,
    events: Sequence[Recorded],
    corrections: Sequence[Correction],
) -> list[str]:
    entries = [event.entry for event in events]
    person = fold(entries, seed=locked.seed, corrections=corrections)
    what = [
        name
        for name, value in followers.standing(person).items()
        if getattr(locked, name) != value
    ]
    if any(_differs(account, event, person) for event in events):
        what.append("events")
    return what


def _differs(account: Account, event: Recorded, person: Person) -> bool:
    reading = person.readings[event.push_key]
    stored = (event.class_, event.row_id, event.lost_at, event.day)
    day = local_day(event.happened_at, account.time_zone)
    return stored != (reading.class_, reading.row_id, reading.lost_at, day)
