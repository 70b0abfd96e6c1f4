"""The day counters: moved with the ledger, checked against it, rebuilt from it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from wxchannels.models import (
    NO_CHANNEL,
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
TABLE = DayCounter.__table__

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


def check(
    session: Session,
    account_id: int,
    *,
    start: date = date.min,
    end: date = date.max,
) -> Sequence[Difference]:
    """Return every counter from `start` to `end` that disagrees with the ledger.

    Both are read by one statement, which sees them as they were at one moment: a push
    that comes meanwhile has moved both of them or neither.
    """
    days = DayCounter.day.between(start, end)
    counted = _counters(account_id).where(days)
    ledger = _from_ledger(account_id).where(ScanEvent.day.between(start, end))
    both = union_all(counted, ledger).subquery()
    sums = [(func.sum(both.c[name]), func.sum(both.c[f"{name}_"])) for name in COLUMNS]
    key = (both.c.day, both.c.row_id)
    query = select(*key, *[total for pair in sums for total in pair])
    differs = or_(*[counted != ledger for counted, ledger in sums])
    query = query.group_by(*key).having(differs).order_by(*key)
    return [
        Difference(day=row[0], row_id=row[1], column=name, counted=was, ledger=now)
        for row in session.execute(query)
        for name, was, now in zip(
            COLUMNS, map(int, row[2::2]), map(int, row[3::2]), strict=True
        )
        if was != now
    ]


def correct(
    session: Session, account_id: int, differences: Sequence[Difference]
) -> None:
    """Add to each counter what it lacks, whatever was counted since `differences`.

    Whoever counts moves counter and ledger together, so what they differ by stays
    the same while pushes come, and adding it keeps nobody waiting.
    """
    deltas = new_deltas()
    for one in differences:
        deltas[one.day, one.row_id][one.column] = one.ledger - one.counted
    apply(session, account_id, deltas)


def next_day(
    session: Session, account_id: int, *, start: date, end: date
) -> date | None:
    """Return the first day from `start` to `end` that has a counter or a push."""
    firsts = [
        session.scalar(
            select(func.min(table.day)).where(
                table.account_id == account_id, table.day.between(start, end)
            )
        )
        for table in (DayCounter, ScanEvent)
    ]
    return min((first for first in firsts if first is not None), default=None)


def _counters(account_id: int) -> Select[*tuple[Any, ...]]:
    columns = [TABLE.c[name] for name in COLUMNS]
    nothing = [literal(0).label(f"{name}_") for name in COLUMNS]
    return select(TABLE.c.day, TABLE.c.row_id, *columns, *nothing).where(
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
        select(
            ScanEvent.day,
            ScanEvent.row_id,
            *[literal(0) for _ in COLUMNS],
            func.sum(scans),
            *classes,
        )
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(ScanEvent.account_id == account_id, Follower.is_tester.is_(False))
        .group_by(ScanEvent.day, ScanEvent.row_id)
    )
