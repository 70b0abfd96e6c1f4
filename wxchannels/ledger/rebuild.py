"""Everybody's history read again: to show that nothing changes, or to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.ledger import followers
from wxchannels.ledger.days import local_day
from wxchannels.ledger.fold import Correction, Person, fold
from wxchannels.ledger.followers import Locked
from wxchannels.ledger.histories import Recorded, read_corrections, read_events, refold
from wxchannels.members import bindings
from wxchannels.models import Account

#: People read at once: few enough that pushes hardly wait for them.
PAGE = 200


@dataclass(frozen=True, kw_only=True)
class Misreading:
    """A person whose stored events or standing differ from their history."""

    follower_id: int
    #: Names of what differs: columns of the follower, "events", "doubled pushes".
    what: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some people whose histories were read."""

    #: The last one's number: where the next page begins. None where nobody was left.
    last: int | None
    people: int
    misreadings: Sequence[Misreading]


def look(session: Session, account: Account, *, after: int) -> Page:
    """Compare the next people behind number `after` with their histories.

    Where pushes come meanwhile it needs a snapshot: it asks more than once.
    """
    people = followers.list_people(
        session, account.id, after=after, limit=PAGE, lock=False
    )
    return _page(session, account, people)


def mend(
    session: Session, account: Account, *, after: int, erase: bool, at: datetime
) -> Page:
    """Read the next people's histories again and write what differs.

    Who does not follow after all is forgotten and unbound as if they left now.
    """
    people = followers.list_people(session, account.id, after=after, limit=PAGE)
    page = _page(session, account, people)
    wrong = {one.follower_id for one in page.misreadings}
    misread = [locked for locked in people if locked.id in wrong]
    if misread:
        persons = refold(session, account, misread, {}, {}, erase=erase)
        bindings.unbind_left(
            session,
            account.id,
            [p.id for p in misread if p.is_bound and not persons[p.id].following],
            at=at,
        )
    return page


def _page(session: Session, account: Account, people: Sequence[Locked]) -> Page:
    events = read_events(session, [locked.id for locked in people])
    corrections = read_corrections(session, people)
    found = [
        (
            one.id,
            _differences(account, one, events[one.id], corrections.get(one.id, ())),
        )
        for one in people
    ]
    return Page(
        last=people[-1].id if people else None,
        people=len(people),
        misreadings=[
            Misreading(follower_id=number, what=what) for number, what in found if what
        ],
    )


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
    # A push names its person, so two copies of it are always one person's.
    if len(person.readings) != len(events):
        what.append("doubled pushes")
    return what


def _differs(account: Account, event: Recorded, person: Person) -> bool:
    reading = person.readings[event.entry.push_key]
    day = local_day(event.entry.at, account.time_zone)
    return event.place != (reading.class_, reading.row_id, day, reading.lost_at)
