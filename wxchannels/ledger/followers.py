"""People: found by a keyed hash, locked while their pushes are read, erasable."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, select, update
from sqlalchemy.orm import Session

from wxchannels.ledger.fold import Person, Seed
from wxchannels.ledger.identity import hash_openid
from wxchannels.models import NO_CHANNEL, Account, Follower, RawPush
from wxchannels.statements import insert_new

TABLE: Table = Follower.__table__  # type: ignore[assignment]


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
    session: Session, account_id: int, hashes: Collection[bytes], *, at: datetime
) -> dict[bytes, Locked]:
    """Return the people by hash, newly met ones too, locked until the commit.

    Locked in the order of their numbers, so that two batches cannot wait for each
    other. What other processes wrote of them is seen after the lock.
    """
    blank = {
        "account_id": account_id,
        "first_seen_at": at,
        "following": False,
        "row_id": NO_CHANNEL,
        "known_before": False,
        "is_tester": False,
        "has_corrections": False,
    }
    query = _people(account_id).where(Follower.openid_hash.in_(hashes))
    query = query.with_for_update()
    met = {row[1]: Locked(*row) for row in session.execute(query)}
    strangers = sorted(set(hashes) - met.keys())
    if strangers:
        rows = [{**blank, "openid_hash": digest} for digest in strangers]
        insert_new(session, TABLE, rows)
        met = {row[1]: Locked(*row) for row in session.execute(query)}
    return met


def list_people(
    session: Session, account_id: int, *, after: int, limit: int, lock: bool = True
) -> list[Locked]:
    """Return the account's next `limit` people behind number `after`."""
    query = _people(account_id).where(Follower.id > after).limit(limit)
    if lock:
        query = query.with_for_update()
    return [Locked(*row) for row in session.execute(query)]


def _people(account_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Follower.id,
            Follower.openid_hash,
            Follower.openid.is_not(None),
            Follower.following,
            Follower.row_id,
            Follower.followed_at,
            Follower.first_row_id,
            Follower.first_followed_at,
            Follower.subscribed_at,
            Follower.known_before,
            Follower.is_tester,
            Follower.has_corrections,
        )
        .where(Follower.account_id == account_id)
        .order_by(Follower.id)
    )


def place(
    session: Session,
    folded: Sequence[tuple[Locked, Person]],
    openids: Mapping[int, str],
    *,
    erase: bool,
) -> None:
    """Write where each person stands now.

    With `erase`, openids and the text of pushes are kept only of those who follow.
    """
    moved = [
        {"id": locked.id, **standing(person)}
        for locked, person in folded
        if any(getattr(locked, k) != v for k, v in standing(person).items())
    ]
    gone = [
        {"id": locked.id, "openid": None}
        for locked, person in folded
        if erase and locked.has_openid and not person.following
    ]
    named = [
        {"id": locked.id, "openid": openids[locked.id]}
        for locked, person in folded
        if locked.id in openids
        and not locked.has_openid
        and (person.following or not erase)
    ]
    for changes in (moved, gone, named):
        if changes:
            session.execute(update(Follower), changes)
    if erase:
        _erase_pushes(session, [x.id for x, person in folded if not person.following])


def _erase_pushes(session: Session, follower_ids: Sequence[int]) -> None:
    """Empty the raw pushes of who left: they name the person and hold what they wrote.

    The rows stay: they know the retries, and when WeChat last reached us.
    """
    if follower_ids:
        theirs = RawPush.follower_id.in_(follower_ids)
        session.execute(update(RawPush).where(theirs).values(body=b""))


def standing(person: Person) -> dict[str, Any]:
    """Return the columns that say where `person` stands."""
    return {
        "following": person.following,
        "row_id": person.row_id,
        "followed_at": person.followed_at,
        "first_row_id": person.first_row_id,
        "first_followed_at": person.first_followed_at,
    }
