"""Who follows after all, or no longer: noted beside the pushes that should have said.

A correction moves where a person stands and enters no additive figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from wxchannels.ledger import followers
from wxchannels.ledger.days import hold_days
from wxchannels.ledger.fold import Correction, fold
from wxchannels.ledger.followers import Locked
from wxchannels.ledger.histories import read_corrections, read_events, refold
from wxchannels.ledger.identity import hash_openid
from wxchannels.members import bindings
from wxchannels.models import Account, CorrectionKind, Follower
from wxchannels.models import Correction as Noted
from wxchannels.statements import insert_new

TABLE = Noted.__table__


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What WeChat said of a person when it was asked."""

    openid: str
    #: Since when the person follows; None where they do not.
    follows_since: datetime | None


def correct(
    session: Session,
    account: Account,
    sightings: Sequence[Sighting],
    *,
    asked_at: datetime,
    erase: bool,
    at: datetime,
) -> None:
    """Note each sighting that says otherwise than the ledger, and move the person.

    `asked_at` is before WeChat was asked: of two answers the push is the later one.
    Whose pushes arrived meanwhile is not corrected, as they explain what was seen.
    """
    account = hold_days(session, account.id)
    seen = {hash_openid(account.pepper, one.openid): one for one in sightings}
    people = followers.meet(session, account.id, seen, at=at)
    wanted = {
        person.id: _correction(seen[openid_hash], asked_at, at)
        for openid_hash, person in people.items()
    }
    moved = _moved_by(session, list(people.values()), wanted)
    if not moved:
        return
    _note(session, account, moved, wanted)
    openids = {person.id: seen[person.openid_hash].openid for person in moved}
    corrected = [replace(person, has_corrections=True) for person in moved]
    persons = refold(session, account, corrected, {}, openids, erase=erase)
    left = [p.id for p in moved if p.is_bound and not persons[p.id].following]
    if left:
        bindings.unbind_left(session, account.id, left, at=at)


def count_corrections(
    session: Session, account: Account, *, since: datetime
) -> dict[CorrectionKind, int]:
    """Return how many corrections of each kind were noted since then."""
    query = select(Noted.kind, func.count(Noted.id)).group_by(Noted.kind)
    query = query.where(Noted.account_id == account.id, Noted.noted_at >= since)
    found = {CorrectionKind(kind): count for kind, count in session.execute(query)}
    return {kind: found.get(kind, 0) for kind in CorrectionKind}


def _correction(seen: Sighting, asked_at: datetime, at: datetime) -> Correction:
    if seen.follows_since is None:
        # Pushes tell whole seconds, and those of this one come after it.
        as_of = asked_at.replace(microsecond=0)
        return Correction(kind=CorrectionKind.LEFT, at=as_of, noted_at=at)
    return Correction(kind=CorrectionKind.FOLLOWS, at=seen.follows_since, noted_at=at)


def _moved_by(
    session: Session, people: Sequence[Locked], wanted: Mapping[int, Correction]
) -> list[Locked]:
    """Return who would follow, or not, other than now."""
    events = read_events(session, [person.id for person in people])
    noted = read_corrections(session, people)
    moved = []
    for person in people:
        entries = [event.entry for event in events[person.id]]
        corrections = [*noted.get(person.id, ()), wanted[person.id]]
        after = fold(entries, seed=person.seed, corrections=corrections)
        if after.following != person.following:
            moved.append(person)
    return sorted(moved, key=lambda person: person.id)


def _note(
    session: Session,
    account: Account,
    moved: Sequence[Locked],
    wanted: Mapping[int, Correction],
) -> None:
    rows = [_row(account.id, person.id, wanted[person.id]) for person in moved]
    insert_new(session, TABLE, rows)
    marks = [{"id": person.id, "has_corrections": True} for person in moved]
    session.execute(update(Follower), marks)


def _row(account_id: int, follower_id: int, correction: Correction) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "follower_id": follower_id,
        "kind": correction.kind,
        "at": correction.at,
        "noted_at": correction.noted_at,
    }
