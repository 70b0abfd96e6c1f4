"""Reading people's whole histories again and writing only what that changes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from wxchannels.ledger import counters, followers, lookups, tagging
from wxchannels.ledger.days import local_day
from wxchannels.ledger.fold import Correction, Entry, Person, fold
from wxchannels.ledger.followers import Locked
from wxchannels.models import Correction as Noted
from wxchannels.models import CorrectionKind, EventClass, Kind, ScanEvent
from wxchannels.webhooks import events as webhooks

TABLE = ScanEvent.__table__
# In the order of the fields of `Recorded`.
EVENTS = select(
    TABLE.c.id,
    TABLE.c.follower_id,
    TABLE.c.push_key,
    TABLE.c.kind,
    TABLE.c["class"],
    TABLE.c.row_id,
    TABLE.c.happened_at,
    TABLE.c.day,
    TABLE.c.lost_at,
).where(TABLE.c.follower_id.in_(bindparam("follower_ids", expanding=True)))
ADD = insert(TABLE)
CHANGE = update(TABLE).where(TABLE.c.id == bindparam("event_id"))

NOTHING_MOVED: Mapping[int, int] = MappingProxyType({})


class Counted(Protocol):
    """The account whose people are folded."""

    @property
    def id(self) -> int:
        """Return its number."""

    @property
    def time_zone(self) -> str:
        """Return where its days begin."""

    @property
    def has_webhooks(self) -> bool:
        """Return whether any system is to be told."""


class Place(NamedTuple):
    """What a push is and where it counts: all of it that a later one may change."""

    class_: EventClass
    row_id: int
    day: date
    lost_at: datetime | None

    @property
    def columns(self) -> dict[str, Any]:
        """Return it as the table names it."""
        return {
            "class": self.class_,
            "row_id": self.row_id,
            "day": self.day,
            "lost_at": self.lost_at,
        }


@dataclass(frozen=True, slots=True)
class Recorded:
    """A push as the ledger has it now."""

    id: int
    follower_id: int
    entry: Entry
    place: Place


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A push that is not in the ledger yet."""

    entry: Entry
    scene: str | None
    source: str | None
    received_at: datetime


def refold(
    session: Session,
    account: Counted,
    people: Sequence[Locked],
    arrivals: Mapping[int, Sequence[Arrival]],
    openids: Mapping[int, str],
    *,
    moved: Mapping[int, int] = NOTHING_MOVED,
    tagged: Collection[int] = (),
    erase: bool,
) -> dict[int, Person]:
    """Fold each of `people` with their `arrivals` and write the differences.

    Events, day counters and standings end up as if all pushes had come in order, and
    as if those in `moved`, by number, had led to that row from the beginning. Who
    follows through a channel in `tagged` is to be tagged in WeChat.
    Returns the people as folded, by number.
    """
    writing = _Writing(account)
    folded = _fold_again(session, people, arrivals, moved, writing)
    writing.execute(session)
    following = {locked.id for locked, person in folded if person.following}
    lookups.ask_later(session, writing.added, following)
    tagging.ask_later(session, writing.added, following, tagged)
    if account.has_webhooks:
        webhooks.tell_pushes(session, account.id, writing.added)
    followers.place(session, folded, openids, erase=erase)
    return {locked.id: person for locked, person in folded}


def _unknown(
    arrivals: Sequence[Arrival], recorded: Sequence[Recorded]
) -> list[Arrival]:
    """Return the arrivals that are not recorded yet, each once."""
    known = {event.entry.push_key for event in recorded}
    fresh = {arrival.entry.push_key: arrival for arrival in arrivals}
    return [arrival for key, arrival in fresh.items() if key not in known]


def _entry(event: Recorded, moved: Mapping[int, int]) -> Entry:
    if event.id not in moved:
        return event.entry
    return replace(event.entry, row_id=moved[event.id])


def read_events(
    session: Session, follower_ids: Collection[int]
) -> Mapping[int, list[Recorded]]:
    """Return the recorded pushes of each person, by the person's number."""
    events: dict[int, list[Recorded]] = defaultdict(list)
    if not follower_ids:
        return events
    given = {"follower_ids": list(follower_ids)}
    for row in session.connection().execute(EVENTS, given):
        number, follower_id, push_key, kind, class_, row_id, at, day, lost_at = row
        entry = Entry(push_key=push_key, kind=Kind(kind), row_id=row_id, at=at)
        place = Place(EventClass(class_), row_id, day, lost_at)
        events[follower_id].append(Recorded(number, follower_id, entry, place))
    return events


def read_corrections(
    session: Session, people: Collection[Locked]
) -> Mapping[int, list[Correction]]:
    """Return the corrections of those who have any, by the person's number."""
    corrected = [locked.id for locked in people if locked.has_corrections]
    found: dict[int, list[Correction]] = defaultdict(list)
    if not corrected:
        return found
    columns = (Noted.follower_id, Noted.kind, Noted.at, Noted.noted_at)
    query = select(*columns).where(Noted.follower_id.in_(corrected))
    for follower_id, kind, at, noted_at in session.execute(query):
        correction = Correction(kind=CorrectionKind(kind), at=at, noted_at=noted_at)
        found[follower_id].append(correction)
    return found


class _Writing:
    """Collects what a batch of folded people changes."""

    def __init__(self, account: Counted) -> None:
        self.account = account
        self.deltas = counters.new_deltas()
        self.changed: list[dict[str, Any]] = []
        self.added: list[dict[str, Any]] = []

    def write(
        self,
        locked: Locked,
        person: Person,
        old: Sequence[Recorded],
        new: Sequence[Arrival],
    ) -> None:
        """Note how `person`'s events and the counters differ from what is stored."""
        # A tester's pushes are in the ledger and in no figure.
        times = 0 if locked.is_tester else 1
        for event in old:
            place = self._place(event.entry, person)
            if place != event.place:
                self.changed.append({"event_id": event.id, **place.columns})
                self._count(event.place, -times)
                self._count(place, times)
        for arrival in new:
            place = self._place(arrival.entry, person)
            self.added.append(self._row(locked, arrival, place))
            self._count(place, times)

    def execute(self, session: Session) -> None:
        """Write it."""
        connection = session.connection()
        if self.changed:
            connection.execute(CHANGE, self.changed)
        if self.added:
            connection.execute(ADD, self.added)
        counters.apply(session, self.account.id, self.deltas)

    def _place(self, entry: Entry, person: Person) -> Place:
        reading = person.readings[entry.push_key]
        day = local_day(entry.at, self.account.time_zone)
        return Place(reading.class_, reading.row_id, day, reading.lost_at)

    def _row(self, locked: Locked, arrival: Arrival, place: Place) -> dict[str, Any]:
        return {
            "account_id": self.account.id,
            "follower_id": locked.id,
            "push_key": arrival.entry.push_key,
            "kind": arrival.entry.kind,
            "scene": arrival.scene,
            "source": arrival.source,
            "happened_at": arrival.entry.at,
            "received_at": arrival.received_at,
            **place.columns,
        }

    def _count(self, place: Place, times: int) -> None:
        counters.count(self.deltas, place.day, place.row_id, place.class_, times)


def _fold_again(
    session: Session,
    people: Sequence[Locked],
    arrivals: Mapping[int, Sequence[Arrival]],
    moved: Mapping[int, int],
    writing: _Writing,
) -> list[tuple[Locked, Person]]:
    """Fold each of `people`, and collect in `writing` what that changes."""
    met_before = [locked.id for locked in people if not locked.is_new]
    recorded = read_events(session, met_before)
    corrections = read_corrections(session, people)
    folded = []
    for locked in people:
        old = recorded.get(locked.id, [])
        new = _unknown(arrivals.get(locked.id, ()), old)
        entries = [_entry(event, moved) for event in old]
        entries += [arrival.entry for arrival in new]
        person = fold(
            entries, seed=locked.seed, corrections=corrections.get(locked.id, ())
        )
        writing.write(locked, person, old, new)
        folded.append((locked, person))
    return folded
