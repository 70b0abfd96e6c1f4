"""Which events of the ledger somebody asks for: those behind a figure, above all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.models import (
    ROW_NAMES,
    Account,
    Channel,
    EventClass,
    Follower,
    Kind,
    ScanEvent,
)
from wxchannels.paging import parse_number
from wxchannels.reports.conditions import is_scan
from wxchannels.reports.periods import Period

#: The figures that have a list of events, with the name of the list.
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "scans": N_("Scans"),
        "scanners": N_("Scanners, one scan each"),
        "new_follows": N_("New follows"),
        "refollows": N_("Re-follows"),
        "follower_scans": N_("Follower scans"),
        "unfollows": N_("Unfollows"),
        "net_follows": N_("Follows and unfollows"),
        "followers_now": N_("Follows that still run"),
        "unfollow_rate": N_("Follows that have ended"),
    }
)
CLASSES = {
    "new_follows": (EventClass.NEW_FOLLOW,),
    "refollows": (EventClass.REFOLLOW,),
    "follower_scans": (EventClass.FOLLOWER_SCAN,),
    "unfollows": (EventClass.UNFOLLOW,),
    "net_follows": (
        EventClass.NEW_FOLLOW,
        EventClass.REFOLLOW,
        EventClass.UNFOLLOW,
    ),
}
#: The two rows that are no channel, as an address names them.
ROWS: Mapping[str, int] = MappingProxyType(
    {name: row_id for row_id, name in ROW_NAMES.items()}
)
SHOWN = 32


class BadFigureError(DomainError):
    """A figure that has no events."""

    sentence = N_("There is no list of events behind “%(figure)s”.")
    field = "figure"


class BadRowError(DomainError):
    """A row of the report that cannot be."""

    sentence = N_("“%(row)s” is no row of the report. Choose a channel from the list.")
    field = "row"


class BadPersonError(DomainError):
    """A person that cannot be."""

    sentence = N_("“%(person)s” is no person. Open the list from one of their events.")
    field = "person"


@dataclass(frozen=True, kw_only=True)
class EventsAsked:
    """Which events somebody wants to see. Nothing asked is everything."""

    period: Period | None = None
    row_id: int | None = None
    #: Where a search or a group leads to several rows.
    row_ids: Collection[int] | None = None
    figure: str = ""
    scene: str | None = None
    follower_id: int | None = None
    #: Testers count in no figure, so their events stand behind none.
    with_testers: bool = False

    def __post_init__(self) -> None:
        if self.figure and self.figure not in FIGURES:
            raise BadFigureError(figure=self.figure[:SHOWN])

    def conditions(self, account: Account, now: datetime) -> list[ColumnElement[bool]]:
        """Return what must hold of an event, joined with its person."""
        conditions = [ScanEvent.account_id == account.id]
        if self.period is not None:
            days = ScanEvent.day.between(self.period.start, self.period.end)
            conditions.append(days)
        if self.row_id is not None:
            conditions.append(ScanEvent.row_id == self.row_id)
        if self.row_ids is not None:
            conditions.append(ScanEvent.row_id.in_(self.row_ids))
        if self.scene is not None:
            conditions.append(ScanEvent.scene == self.scene)
        if self.follower_id is not None:
            conditions.append(ScanEvent.follower_id == self.follower_id)
        if not self.with_testers:
            conditions.append(Follower.is_tester.is_(False))
        return _behind(self.figure, conditions, now)


def _behind(
    figure: str, conditions: list[ColumnElement[bool]], now: datetime
) -> list[ColumnElement[bool]]:
    """Narrow `conditions` to the events that `figure` counts."""
    follow = ScanEvent.kind == Kind.FOLLOW
    match figure:
        case "":
            return conditions
        case "scans":
            return [*conditions, is_scan()]
        case "scanners":
            return [ScanEvent.id.in_(_last_of_each([*conditions, is_scan()]))]
        case "followers_now":
            return [*conditions, follow, ScanEvent.lost_at.is_(None)]
        case "unfollow_rate":
            return [*conditions, follow, ScanEvent.lost_at <= now]
    return [*conditions, ScanEvent.class_.in_(CLASSES[figure])]


def _last_of_each(conditions: list[ColumnElement[bool]]) -> Select[int]:
    """Return the query for one event of every person."""
    return (
        select(func.max(ScanEvent.id))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*conditions)
        .group_by(ScanEvent.follower_id)
    )


def parse_row(session: Session, account: Account, text: str) -> int | None:
    """Return the row that `text` names, if it is one of this account; empty is none."""
    if not text:
        return None
    if text in ROWS:
        return ROWS[text]
    channel_id = parse_number(text)
    if channel_id is None:
        raise BadRowError(row=text[:SHOWN])
    channel = session.get(Channel, channel_id)
    if channel is None or channel.account_id != account.id:
        raise NotFoundError
    return channel_id


def row_name(row_id: int) -> str:
    """Return how an address names the row."""
    names = {number: name for name, number in ROWS.items()}
    return names.get(row_id, str(row_id))


def parse_person(text: str) -> int | None:
    """Return the number of the person that `text` names; empty is none."""
    if not text:
        return None
    number = parse_number(text)
    if number is None:
        raise BadPersonError(person=text[:SHOWN])
    return number
