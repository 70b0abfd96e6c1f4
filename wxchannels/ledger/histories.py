"""Reading people's whole histories again and writing only what that changes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from wxchannels.ledger import counters, followers
from wxchannels.ledger.counters import Deltas
from wxchannels.ledger.days import local_day
from wxchannels.ledger.fold import Correction, Entry, Person, fold
from wxchannels.ledger.followers import Locked
from wxchannels.models import Account, CorrectionKind, EventClass, Kind, ScanEvent
from wxchannels.models import Correction as Noted


@dataclass(frozen=True)
class Recorded:
    """A push as the ledger has it now."""

    id: int
    follower_id: int
    push_key: bytes
    kind: Kind
    class_: EventClass
    row_id: int
    happened_at: datetime
    day: date
    lost_at: datetime | None

    @property
    def entry(self) -> Entry:
        """What the fold reads of it."""
        return Entry(
            push_key=self.push_key,
            kind=Kind(self.kind),
            row_id=self.row_id,
            at=self.happened_at,
        )


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A push that is not in the ledger yet."""

    entry: Entry
    scene: str | None
    source: str | None
    received_at: datetime


def refold(
    session: Session,
    account: Account,
    people: Sequence[Locked],
    arrivals: Mapping[int, Sequence[Arrival]],
    openids: Mapping[int, str],
    *,
    erase: bool,
) -> dict[int, Person]:
    """Fold each of `people` with their `arrivals` and write the differences.

    Events, day counters and standings end up as if all pushes had come in order.
    Returns the people as folded, by number.
    """
    recorded = read_events(session, [locked.id for locked in people])
    corrections = read_corrections(session, people)
    deltas = counters.new_deltas()
    writing = _Writing(account, deltas)
    folded = []
    for locked in people:
        old, new = recorded[locked.id], arrivals.get(locked.id, ())
        entries = [event.entry for event in old] + [arrival.entry for arrival in new]
        person = fold(
            entries, seed=locked.seed, corrections=corrections.get(locked.id, ())
        )
        writing.write(locked, person, old, new)
        folded.append((locked, person))
    if writing.changed:
        session.execute(update(ScanEvent), writing.changed)
    if writing.added:
        session.execute(insert(ScanEvent), writing.added)
    counters.apply(session, account.id, deltas)
    followers.place(session, folded, openids, erase=erase)
    return {locked.id: person for locked, person in folded}


def read_events(
    session: Session, follower_ids: Collection[int]
) -> Mapping[int, list[Recorded]]:
    """Return the recorded pushes of each person, by the person's number."""
    events: dict[int, list[Recorded]] = defaultdict(list)
    query = select(
        ScanEvent.id,
        ScanEvent.follower_id,
        ScanEvent.push_key,
        ScanEvent.kind,
        ScanEvent.class_,
        ScanEvent.row_id,
        ScanEvent.happened_at,
        ScanEvent.day,
        ScanEvent.lost_at,
    ).where(ScanEvent.follower_id.in_(follower_ids))
    for row in session.execute(query):
        events[row.follower_id].append(Recorded(*row))
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

    def __init__(self, account: Account, deltas: Deltas) -> None:
        self.account_id = account.id
        self.time_zone = account.time_zone
        self.deltas = deltas
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
            values = self._read(event.entry, person)
            was = {name: getattr(event, name) for name in values}
            if values != was:
                self.changed.append({"id": event.id, **values})
                self._count(was, -times)
                self._count(values, times)
        for arrival in new:
            values = self._read(arrival.entry, person)
            self.added.append(self._row(locked, arrival, values))
            self._count(values, times)

    def _read(self, entry: Entry, person: Person) -> dict[str, Any]:
        reading = person.readings[entry.push_key]
        return {
            "class_": reading.class_,
            "row_id": reading.row_id,
            "day": local_day(entry.at, self.time_zone),
            "lost_at": reading.lost_at,
        }

    def _row(
        self, locked: Locked, arrival: Arrival, values: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "account_id": self.account_id,
            "follower_id": locked.id,
            "push_key": arrival.entry.push_key,
            "kind": arrival.entry.kind,
            "scene": arrival.scene,
            "source": arrival.source,
            "happened_at": arrival.entry.at,
            "received_at": arrival.received_at,
            **values,
        }

    def _count(self, values: dict[str, Any], times: int) -> None:
        counters.count(
            self.deltas, values["day"], values["row_id"], values["class_"], times
        )
