"""All numbers of an account counted again in small steps, while pushes come.

First every person's history is read again, then each day's counters are compared with
the ledger. A step is one short transaction of its own that also notes how far it came,
so whoever is killed is followed by another at the same place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.ledger import counters, rebuild
from wxchannels.ledger.counters import Difference
from wxchannels.ledger.days import hold_days, stop_days
from wxchannels.ledger.rebuild import Misreading
from wxchannels.models import Account, Follower, Recount, RecountReason, ScanEvent
from wxchannels.outbox.queue import NewTask, add_tasks
from wxchannels.statements import count_changed, insert_new

TABLE = Recount.__table__
#: Many times longer than a step takes.
LEASE = timedelta(seconds=30)
#: What the worker calls this work.
KIND = "recount"


class RecountRunningError(DomainError):
    """Two recounts at once would correct everything twice."""

    sentence = N_(
        "The numbers are being counted again already. If that was ended by force, "
        "try again in half a minute: it goes on where it stopped."
    )


class RecountLostError(DomainError):
    """What this one was about to write, another recount writes now."""

    sentence = N_("Another recount took over: this one ends.")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a recount is, for people who wait for it."""

    people_done: int
    people_total: int
    #: Nothing until all histories are read.
    day_reached: date | None
    is_finished: bool


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one step found wrong and put right, and how far that is."""

    misreadings: Sequence[Misreading] = ()
    differences: Sequence[Difference] = ()
    progress: Progress


def ask(
    session: Session,
    account: Account,
    reason: RecountReason,
    *,
    start: date | None = None,
    end: date | None = None,
    now: datetime,
) -> Recount:
    """Have the days from `start` to `end` counted again, from the beginning.

    Whoever is at it meanwhile loses the lease, and the days still open are kept.
    """
    row = _lock(session, account, now=now)
    if row.finished_at is None:
        start, end = _wider(row, start, end)
        # Until the days have moved, that is what people should read.
        if row.reason == RecountReason.TIME_ZONE:
            reason = RecountReason.TIME_ZONE
    row.reason, row.first_day, row.last_day = reason, start, end
    row.person_reached = row.people_done = 0
    row.people_total = _count_people(session, account)
    row.day_reached = row.histories_read_at = None
    row.started_at, row.finished_at = now, None
    row.holder = row.leased_until = None
    session.flush()
    return row


def move_days(session: Session, account: Account, *, now: datetime) -> None:
    """Have a worker count everything again: the caller changes the account's zone.

    Where nothing was counted yet, there is nothing to do.
    """
    stop_days(session, account.id)
    events = select(ScanEvent.id).where(ScanEvent.account_id == account.id)
    if session.scalar(events.limit(1)) is None:
        return
    ask(session, account, RecountReason.TIME_ZONE, now=now)
    task = NewTask(account_id=account.id, kind=KIND, subject="days", due_at=now)
    add_tasks(session, [task])


def take(
    session: Session,
    account: Account,
    holder: str,
    *,
    start: date | None = None,
    end: date | None = None,
    now: datetime,
) -> Progress:
    """Become the one who counts: go on where a recount stopped, or begin one.

    Raises `RecountRunningError` while somebody else is at it.
    """
    hold_days(session, account.id)
    row = _lock(session, account, now=now)
    if row.holder != holder and row.leased_until and row.leased_until > now:
        raise RecountRunningError
    wanted = _wider(row, start, end)
    if row.finished_at is not None or wanted != (row.first_day, row.last_day):
        row = ask(session, account, RecountReason.ASKED, start=start, end=end, now=now)
    row.holder, row.leased_until = holder, now + LEASE
    session.flush()
    return progress_of(row)


def step(
    session: Session, account: Account, holder: str, *, erase: bool, now: datetime
) -> Step:
    """Read the next page of histories again, or count the next day again.

    Raises `RecountLostError` where `holder` has the lease no more. The row is locked
    first, and only then is read what another one may have written.
    """
    account = hold_days(session, account.id)
    ours = update(Recount).where(
        Recount.account_id == account.id,
        Recount.holder == holder,
        Recount.finished_at.is_(None),
    )
    if not count_changed(session, ours.values(leased_until=now + LEASE)):
        raise RecountLostError
    row = session.get_one(Recount, account.id, populate_existing=True)
    if row.histories_read_at is None:
        return _read_histories(session, account, row, erase=erase, now=now)
    return _count_day(session, account, row, now=now)


def find_recount(session: Session, account: Account) -> Recount | None:
    """Return the account's latest recount, if there ever was one."""
    return session.get(Recount, account.id)


def progress_of(row: Recount) -> Progress:
    """Return how far the recount is."""
    return Progress(
        people_done=row.people_done,
        people_total=max(row.people_total, row.people_done),
        day_reached=row.day_reached,
        is_finished=row.finished_at is not None,
    )


def _read_histories(
    session: Session, account: Account, row: Recount, *, erase: bool, now: datetime
) -> Step:
    page = rebuild.mend(session, account, after=row.person_reached, erase=erase, at=now)
    row.people_done += page.people
    if page.last is None:
        row.histories_read_at = now
    else:
        row.person_reached = page.last
    return Step(misreadings=page.misreadings, progress=progress_of(row))


def _count_day(
    session: Session, account: Account, row: Recount, *, now: datetime
) -> Step:
    start, end = row.first_day or date.min, row.last_day or date.max
    if row.day_reached:
        start = row.day_reached + timedelta(days=1)
    day = counters.next_day(session, account.id, start=start, end=end)
    if day is None:
        row.finished_at, row.holder, row.leased_until = now, None, None
        return Step(progress=progress_of(row))
    differences = counters.check(session, account.id, start=day, end=day)
    counters.correct(session, account.id, differences)
    row.day_reached = day
    return Step(differences=differences, progress=progress_of(row))


def _lock(session: Session, account: Account, *, now: datetime) -> Recount:
    """Return the account's row, one that is finished where there was none."""
    blank = {
        "account_id": account.id,
        "reason": RecountReason.ASKED,
        "person_reached": 0,
        "people_done": 0,
        "people_total": 0,
        "started_at": now,
        "finished_at": now,
    }
    insert_new(session, TABLE, [blank])
    return session.get_one(
        Recount, account.id, with_for_update=True, populate_existing=True
    )


def _wider(
    row: Recount, start: date | None, end: date | None
) -> tuple[date | None, date | None]:
    """Return the days from `start` to `end` and those of `row` as well."""
    first = min(start, row.first_day) if start and row.first_day else None
    last = max(end, row.last_day) if end and row.last_day else None
    return first, last


def _count_people(session: Session, account: Account) -> int:
    query = select(func.count()).where(Follower.account_id == account.id)
    return session.scalar(query) or 0
