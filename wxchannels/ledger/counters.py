"""The day counters: moved with the ledger, checked against it, rebuilt from it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, Table, and_, case, delete, func, literal, select
from sqlalchemy.orm import Session

from wxchannels.models import (
    NO_CHANNEL,
    Account,
    DayCounter,
    EventClass,
    Follower,
    Kind,
    ScanEvent,
)
from wxchannels.statements import add_up

COLUMNS = ("scans", "new_follows", "refollows", "follower_scans", "unfollows")
CLASS_COLUMNS = {
    EventClass.NEW_FOLLOW: "new_follows",
    EventClass.REFOLLOW: "refollows",
    EventClass.FOLLOWER_SCAN: "follower_scans",
    EventClass.UNFOLLOW: "unfollows",
}
TABLE: Table = DayCounter.__table__  # type: ignore[assignment]

#: The day, the row, and what is added to each of `COLUMNS`.
Key = tuple[date, int]
Deltas = dict[Key, dict[str, int]]


def new_deltas() -> Deltas:
    """Return deltas that add nothing yet."""
    return defaultdict(lambda: dict.fromkeys(COLUMNS, 0))


def count(
    deltas: Deltas, day: date, row_id: int, class_: EventClass, times: int
) -> None:
    """Add `times` one push of `class_` in `row_id` to `deltas`; -1 takes it away."""
    figures = deltas[day, row_id]
    figures[CLASS_COLUMNS[class_]] += times
    if is_scan(class_, row_id):
        figures["scans"] += times


def is_scan(class_: EventClass, row_id: int) -> bool:
    """Say whether a push is one of `scans`: a follow counts if it came by a code."""
    if class_ == EventClass.UNFOLLOW:
        return False
    return class_ == EventClass.FOLLOWER_SCAN or row_id != NO_CHANNEL


def apply(session: Session, account_id: int, deltas: Deltas) -> None:
    """Move the counters by `deltas`, in the order of their keys so none deadlock."""
    rows = [
        {"account_id": account_id, "day": day, "row_id": row_id, **deltas[day, row_id]}
        for day, row_id in sorted(deltas)
        if any(deltas[day, row_id].values())
    ]
    add_up(session, TABLE, rows, COLUMNS)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A counter that does not say what the ledger says."""

    day: date
    row_id: int
    column: str
    counted: int
    ledger: int


def check(session: Session, account_id: int) -> Sequence[Difference]:
    """Return every counter of the account that disagrees with the ledger."""
    counted = _by_key(session.execute(_counters(account_id)).all())
    ledger = _by_key(session.execute(_from_ledger(account_id)).all())
    return [
        Difference(day=key[0], row_id=key[1], column=name, counted=was, ledger=now)
        for key in sorted(counted.keys() | ledger.keys())
        for name, was, now in zip(
            COLUMNS,
            counted.get(key, (0,) * len(COLUMNS)),
            ledger.get(key, (0,) * len(COLUMNS)),
            strict=True,
        )
        if was != now
    ]


def rebuild(session: Session, account_id: int, *, start: date, end: date) -> None:
    """Count the days from `start` to `end`, both included, from the ledger again."""
    # Every new push refers to its account's row, so nobody counts meanwhile: a counter
    # that begins between the two statements would be counted twice.
    session.get_one(Account, account_id, with_for_update=True)
    days = (DayCounter.day >= start) & (DayCounter.day <= end)
    session.execute(delete(DayCounter).where(DayCounter.account_id == account_id, days))
    query = _from_ledger(account_id).where(ScanEvent.day.between(start, end))
    rows = [
        {
            "account_id": account_id,
            "day": row[0],
            "row_id": row[1],
            **dict(zip(COLUMNS, row[2:], strict=True)),
        }
        for row in session.execute(query)
    ]
    add_up(session, TABLE, rows, COLUMNS)


def _by_key(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[Key, tuple[int, ...]]:
    return {
        (row[0], row[1]): tuple(int(n) for n in row[2:]) for row in rows if any(row[2:])
    }


def _counters(account_id: int) -> Select[*tuple[Any, ...]]:
    columns = [TABLE.c[name] for name in COLUMNS]
    return select(TABLE.c.day, TABLE.c.row_id, *columns).where(
        TABLE.c.account_id == account_id
    )


def _from_ledger(account_id: int) -> Select[*tuple[Any, ...]]:
    """Return the query that counts the account's ledger as the counters should."""
    by_code = and_(ScanEvent.kind == Kind.FOLLOW, ScanEvent.row_id != NO_CHANNEL)
    scans = case((ScanEvent.kind == Kind.SCAN, 1), (by_code, 1), else_=literal(0))
    classes = [
        func.sum(case((ScanEvent.class_ == class_, 1), else_=0))
        for class_ in CLASS_COLUMNS
    ]
    return (
        select(ScanEvent.day, ScanEvent.row_id, func.sum(scans), *classes)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(ScanEvent.account_id == account_id, Follower.is_tester.is_(False))
        .group_by(ScanEvent.day, ScanEvent.row_id)
    )
