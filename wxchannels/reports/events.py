"""The ledger as a list: pushes that moved figures, the newest first. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from wxchannels.models import (
    NO_CHANNEL,
    Account,
    Channel,
    EventClass,
    Follower,
    Kind,
    ScanEvent,
    Source,
)
from wxchannels.paging import Page
from wxchannels.reports.periods import Period

PAGE_SIZE = 50
#: How many rows of a long list are read at a time.
BATCH = 500
#: What of an openid is shown: enough to tell people apart, too little to find them.
TAIL = 4

#: The channel of a person's first touch.
FIRST = aliased(Channel)

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, kw_only=True)
class LoggedEvent:
    """One push of the ledger, and where it is counted."""

    id: int
    kind: Kind
    class_: EventClass
    #: A channel's id, `NO_CHANNEL` or `UNKNOWN_SCENE`.
    row_id: int
    #: Empty where the row is no channel.
    channel_name: str
    scene: str | None
    source: Source | None
    #: How a follow came about in WeChat's word; None where WeChat was not asked.
    subscribe_scene: str | None
    happened_at: datetime
    received_at: datetime
    #: On a follow: when it ended, if it has.
    lost_at: datetime | None
    #: Our number of the person; says nothing of who it is.
    follower_id: int
    #: What the person's mark is drawn from.
    person_hash: bytes
    #: The end of the openid; empty once it is erased.
    openid_tail: str
    #: True where the person is marked as tester and counts in no figure.
    is_tester: bool
    #: The row of the person's earliest follow, if one reached us.
    first_row_id: int | None
    #: Empty where that row is no channel.
    first_channel_name: str

    @property
    def channel_id(self) -> int | None:
        """The channel in which the push counts, if it is one."""
        return self.row_id if self.row_id > NO_CHANNEL else None


def list_events(
    session: Session,
    account: Account,
    period: Period | None = None,
    *,
    row_id: int | None = None,
    kind: Kind | None = None,
    class_: EventClass | None = None,
    also: Conditions = (),
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Page[LoggedEvent]:
    """Return a page of the account's ledger, of all times if no `period` is given."""
    conditions = [ScanEvent.account_id == account.id, *also]
    if period is not None:
        conditions.append(ScanEvent.happened_at >= period.begins_at)
        conditions.append(ScanEvent.happened_at < period.ends_at)
    if row_id is not None:
        conditions.append(ScanEvent.row_id == row_id)
    if kind is not None:
        conditions.append(ScanEvent.kind == kind)
    if class_ is not None:
        conditions.append(ScanEvent.class_ == class_)
    items = events_of_page(session, conditions, page=page, page_size=page_size)
    query = (
        select(func.count(ScanEvent.id))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*conditions)
    )
    return Page(items, page, page_size, session.scalar(query) or 0)


def events_of_page(
    session: Session,
    conditions: Conditions,
    *,
    page: int,
    page_size: int = PAGE_SIZE,
) -> Sequence[LoggedEvent]:
    """Return the events of one page without counting those of all."""
    query = _listing(conditions).offset((page - 1) * page_size).limit(page_size)
    return [_logged(*row) for row in session.execute(query)]


def latest_events(
    session: Session, account: Account, also: Conditions = (), *, limit: int
) -> Sequence[LoggedEvent]:
    """Return the newest events without counting how many there are."""
    query = _listing((ScanEvent.account_id == account.id, *also)).limit(limit)
    return [_logged(*row) for row in session.execute(query)]


def every_event(session: Session, conditions: Conditions) -> Iterator[LoggedEvent]:
    """Return the whole list, the newest first, a batch in memory at a time.

    Asked for with the first event: who takes none leaves no cursor open.
    """
    query = _listing(conditions).execution_options(yield_per=BATCH)
    with session.execute(query) as rows:
        for row in rows:
            yield _logged(*row)


def count_by_class(
    session: Session, conditions: Conditions
) -> Mapping[tuple[EventClass, bool], int]:
    """Return how many events of each class there are, those of testers apart."""
    key = (ScanEvent.class_, Follower.is_tester)
    query = (
        select(*key, func.count(ScanEvent.id))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*conditions)
        .group_by(*key)
    )
    return {
        (EventClass(class_), is_tester): count
        for class_, is_tester, count in session.execute(query)
    }


def _listing(conditions: Conditions) -> Select[*tuple[Any, ...]]:
    person = (
        Follower.is_tester,
        Follower.openid_hash,
        Follower.openid,
        Follower.first_row_id,
        FIRST.name,
    )
    return (
        select(ScanEvent, Channel.name, *person)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .outerjoin(Channel, Channel.id == ScanEvent.row_id)
        .outerjoin(FIRST, FIRST.id == Follower.first_row_id)
        .where(*conditions)
        .order_by(ScanEvent.happened_at.desc(), ScanEvent.id.desc())
    )


def _logged(
    event: ScanEvent,
    name: str | None,
    is_tester: bool,  # noqa: FBT001 - a column of the row
    person_hash: bytes,
    openid: str | None,
    first_row_id: int | None,
    first_name: str | None,
) -> LoggedEvent:
    return LoggedEvent(
        id=event.id,
        kind=Kind(event.kind),
        class_=EventClass(event.class_),
        row_id=event.row_id,
        channel_name=name or "",
        scene=event.scene,
        source=Source(event.source) if event.source else None,
        subscribe_scene=event.subscribe_scene,
        happened_at=event.happened_at,
        received_at=event.received_at,
        lost_at=event.lost_at,
        follower_id=event.follower_id,
        person_hash=person_hash,
        openid_tail=(openid or "")[-TAIL:],
        is_tester=is_tester,
        first_row_id=first_row_id,
        first_channel_name=first_name or "",
    )
