"""The event log as a page: the list with what it adds up to. Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.ledger.personal import find_first_channel
from wxchannels.models import Account, Channel, EventClass, Follower
from wxchannels.paging import clip
from wxchannels.reports.event_filters import EventsAsked
from wxchannels.reports.events import (
    PAGE_SIZE,
    LoggedEvent,
    count_by_class,
    events_of_page,
)
from wxchannels.reports.traces import Trace, find_traces


@dataclass(frozen=True, kw_only=True)
class EventLog:
    """A page of the events asked for."""

    items: Sequence[LoggedEvent]
    page: int
    page_size: int
    #: How many there are of each class, on all pages.
    counts: Mapping[EventClass, int]
    #: Events of testers that fit too and are left out.
    left_out: int
    #: The moves of these events, by number.
    traces: Mapping[int, Sequence[Trace]]
    #: The channel whose events alone are shown.
    channel: Channel | None
    #: The person whose events alone are shown.
    person: Follower | None
    #: How many events of theirs there are, whatever the filter.
    persons_events: int
    #: That of the person's first touch, if it is one.
    first_channel: Channel | None

    @property
    def total(self) -> int:
        """How many events there are on all pages."""
        return sum(self.counts.values())

    @property
    def net(self) -> int:
        """How many more follow after these events than before."""
        counts = self.counts
        won = counts.get(EventClass.NEW_FOLLOW, 0) + counts.get(EventClass.REFOLLOW, 0)
        return won - counts.get(EventClass.UNFOLLOW, 0)


def event_log(
    session: Session, account: Account, asked: EventsAsked, *, page: int, now: datetime
) -> EventLog:
    """Return page `page` of the events asked for, or the last one there is."""
    everybody = replace(asked, with_testers=True).conditions(account, now)
    counts: Counter[EventClass] = Counter()
    left_out = 0
    for (class_, is_tester), count in count_by_class(session, everybody).items():
        if is_tester and not asked.with_testers:
            left_out += count
        else:
            counts[class_] += count
    number = clip(page, PAGE_SIZE, counts.total())
    items = events_of_page(session, asked.conditions(account, now), page=number)
    person = _person(session, account, asked.follower_id)
    return EventLog(
        items=items,
        page=number,
        page_size=PAGE_SIZE,
        counts=counts,
        traces=find_traces(session, [event.id for event in items]),
        left_out=left_out,
        channel=session.get(Channel, asked.row_id) if asked.row_id else None,
        person=person,
        persons_events=_count_events(session, account, person, now=now),
        first_channel=find_first_channel(session, person) if person else None,
    )


def _count_events(
    session: Session, account: Account, person: Follower | None, *, now: datetime
) -> int:
    if person is None:
        return 0
    theirs = EventsAsked(follower_id=person.id, with_testers=True)
    return sum(count_by_class(session, theirs.conditions(account, now)).values())


def _person(
    session: Session, account: Account, follower_id: int | None
) -> Follower | None:
    if follower_id is None:
        return None
    person = session.get(Follower, follower_id)
    return person if person and person.account_id == account.id else None
