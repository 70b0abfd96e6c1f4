"""People: found by a keyed hash, locked while their pushes are read."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from wxchannels.ledger.fold import Person, Seed
from wxchannels.ledger.forgetting import forget
from wxchannels.ledger.identity import hash_openid
from wxchannels.models import NO_CHANNEL, Account, Follower
from wxchannels.statements import insert_and_read

TABLE = Follower.__table__

#: People a statement names at once; databases limit its parameters.
CHUNK = 1000

# In the order of the fields of `Locked`.
PEOPLE = (
    select(
        TABLE.c.id,
        TABLE.c.openid_hash,
        TABLE.c.openid.is_not(None),
        TABLE.c.following,
        TABLE.c.row_id,
        TABLE.c.followed_at,
        TABLE.c.first_row_id,
        TABLE.c.first_followed_at,
        TABLE.c.subscribed_at,
        TABLE.c.known_before,
        TABLE.c.is_tester,
        TABLE.c.has_corrections,
        TABLE.c.is_bound,
    )
    .where(TABLE.c.account_id == bindparam("account_id"))
    .order_by(TABLE.c.id)
)
BY_HASH = PEOPLE.where(
    TABLE.c.openid_hash.in_(bindparam("hashes", expanding=True))
).with_for_update()
NEXT = PEOPLE.where(TABLE.c.id > bindparam("after")).limit(bindparam("most"))
#: Written whenever one of them changes.
STANDING = (
    "following",
    "row_id",
    "followed_at",
    "first_row_id",
    "first_followed_at",
)
#: What a row says of itself as it is inserted.
KEPT = (
    "openid_hash",
    *STANDING,
    "known_before",
    "is_tester",
    "has_corrections",
    "is_bound",
    "subscribed_at",
)
#: A person of whom nothing is known.
BLANK: Mapping[str, Any] = {
    **dict.fromkeys(STANDING),
    "following": False,
    "row_id": NO_CHANNEL,
    "openid": None,
    "subscribed_at": None,
    "known_before": False,
    "is_tester": False,
    "has_corrections": False,
    "is_bound": False,
}
MOVE = update(TABLE).where(TABLE.c.id == bindparam("follower_id"))


@dataclass(frozen=True)
class Locked:
    """What is stored of a person whose row we hold until the commit."""

    id: int
    openid_hash: bytes
    has_openid: bool
    following: bool
    row_id: int
    followed_at: datetime | None
    first_row_id: int | None
    first_followed_at: datetime | None
    subscribed_at: datetime | None
    known_before: bool
    is_tester: bool
    has_corrections: bool
    is_bound: bool
    #: Met in this transaction, and by nobody else: there is no history to read.
    is_new: bool = False

    @property
    def has_left(self) -> bool:
        """Whether the person followed, and does no more."""
        return not self.following and self.followed_at is not None

    @property
    def seed(self) -> Seed | None:
        """What the follower list said of the person, if it was imported."""
        if self.subscribed_at is None:
            return None
        return Seed(at=self.subscribed_at, known_before=self.known_before)


def find_follower(session: Session, account: Account, openid: str) -> Follower | None:
    """Return the person `openid` names, if we ever met."""
    return session.scalar(
        select(Follower).where(
            Follower.account_id == account.id,
            Follower.openid_hash == hash_openid(account.pepper, openid),
        )
    )


def meet(
    session: Session,
    account_id: int,
    hashes: Collection[bytes],
    *,
    describe: Callable[[bytes], Mapping[str, Any]] = lambda _: {},
    at: datetime,
) -> dict[bytes, Locked]:
    """Return the people by hash, newly met ones too, locked until the commit.

    Locked in the order of their numbers, so that two batches cannot wait for each
    other. What other processes wrote of them is seen after the lock. `describe` gives
    columns of who is met for the first time, so that they need not be written twice.
    """
    blank = {**BLANK, "account_id": account_id, "first_seen_at": at}
    met = _lock(session, account_id, hashes)
    strangers = sorted(set(hashes) - met.keys())
    if strangers:
        rows = {
            digest: {**blank, **describe(digest), "openid_hash": digest}
            for digest in strangers
        }
        met.update(_insert(session, rows))
        # Met by somebody else a moment ago, or on a database that does not tell.
        if left := [digest for digest in strangers if digest not in met]:
            met.update(_lock(session, account_id, left))
    return met


def _lock(
    session: Session, account_id: int, hashes: Collection[bytes]
) -> dict[bytes, Locked]:
    given = {"account_id": account_id, "hashes": list(hashes)}
    rows = session.connection().execute(BY_HASH, given)
    return {row.openid_hash: Locked(*row) for row in rows}


def _insert(
    session: Session, rows: Mapping[bytes, Mapping[str, Any]]
) -> dict[bytes, Locked]:
    """Insert strangers and return those who were; whoever inserts holds the row."""
    told = insert_and_read(session, TABLE, list(rows.values()), ("id", "openid_hash"))
    return {row.openid_hash: _newly_met(row.id, rows[row.openid_hash]) for row in told}


def _newly_met(number: int, row: Mapping[str, Any]) -> Locked:
    columns = {name: row[name] for name in KEPT}
    return Locked(
        id=number, has_openid=row["openid"] is not None, is_new=True, **columns
    )


def list_people(
    session: Session, account_id: int, *, after: int, limit: int, lock: bool = True
) -> list[Locked]:
    """Return the account's next `limit` people behind number `after`."""
    query = NEXT.with_for_update() if lock else NEXT
    given = {"account_id": account_id, "after": after, "most": limit}
    return [Locked(*row) for row in session.connection().execute(query, given)]


def find_hashes(
    session: Session,
    account_id: int,
    hashes: Sequence[bytes],
    condition: ColumnElement[bool],
) -> set[bytes]:
    """Return those of `hashes`, however many, whose people fulfil `condition`."""
    query = select(TABLE.c.openid_hash).where(
        TABLE.c.account_id == account_id,
        TABLE.c.openid_hash.in_(bindparam("hashes", expanding=True)),
        condition,
    )
    found: set[bytes] = set()
    for first in range(0, len(hashes), CHUNK):
        given = {"hashes": hashes[first : first + CHUNK]}
        found.update(session.connection().execute(query, given).scalars())
    return found


def place(
    session: Session,
    folded: Sequence[tuple[Locked, Person]],
    openids: Mapping[int, str],
    *,
    erase: bool,
) -> None:
    """Write where each person stands now.

    With `erase`, what says who they are is kept only of those who follow.
    """
    moved: list[dict[str, Any]] = []
    named: list[dict[str, Any]] = []
    for locked, person in folded:
        keeps = person.following or not erase
        openid = openids.get(locked.id) if keeps and not locked.has_openid else None
        values = standing(person)
        if openid is not None or (locked.has_openid and not keeps):
            named.append({"follower_id": locked.id, "openid": openid, **values})
        elif any(getattr(locked, name) != value for name, value in values.items()):
            moved.append({"follower_id": locked.id, **values})
    connection = session.connection()
    for changes in (moved, named):
        if changes:
            connection.execute(MOVE, changes)
    gone = [locked.id for locked, person in folded if not person.following]
    if erase:
        forget(session, gone)


def standing(person: Person) -> dict[str, Any]:
    """Return the columns that say where `person` stands."""
    return {name: getattr(person, name) for name in STANDING}
