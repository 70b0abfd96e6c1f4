"""What we keep of one person: handed out to them, or erased."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from wxchannels.errors import N_, NotFoundError
from wxchannels.ledger.followers import find_follower
from wxchannels.ledger.forgetting import forget
from wxchannels.ledger.identity import hash_openid
from wxchannels.members import bindings
from wxchannels.models import (
    NO_CHANNEL,
    Account,
    Base,
    Channel,
    Follower,
    ListRun,
    RawPush,
    Repair,
    UnboundBy,
    UserWeChat,
)
from wxchannels.webhooks import events as webhooks
from wxchannels.wechat.errors import MalformedPushError
from wxchannels.wechat.pushes import parse

PEOPLE = Follower.__table__
REPAIRS = Repair.__table__
#: Whatever refers to a person, so that nothing is left out when a table is added.
OF_A_PERSON: Sequence[Table] = [
    table
    for table in Base.metadata.sorted_tables
    if any(key.column.table is PEOPLE for key in table.foreign_keys)
]


class PersonNotFoundError(NotFoundError):
    """There is nothing to hand out and nothing to erase."""

    field = "openid"
    sentence = N_("We keep nothing of a person with this openid.")


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """How much we keep of a person."""

    person: Follower
    events: int
    #: Pushes of which we still have what WeChat sent.
    pushes: int
    #: That of the first touch, if it is one.
    first_channel: Channel | None

    @property
    def says_who(self) -> bool:
        """Whether anything is left that tells who the person is."""
        return self.person.openid is not None or self.pushes > 0


def get_person(session: Session, account: Account, openid: str) -> Follower:
    """Return the person `openid` names, or raise `PersonNotFoundError`."""
    person = find_follower(session, account, openid.strip())
    if person is None:
        raise PersonNotFoundError
    return person


def get_person_by_number(session: Session, account: Account, number: int) -> Follower:
    """Return the account's person with that number, or raise `NotFoundError`."""
    person = session.get(Follower, number)
    if person is None or person.account_id != account.id:
        raise NotFoundError
    return person


def find_first_channel(session: Session, person: Follower) -> Channel | None:
    """Return the channel of the person's first touch, if that is a channel."""
    row_id = person.first_row_id
    return session.get(Channel, row_id) if row_id else None


def holdings_of(session: Session, account: Account, person: Follower) -> Holdings:
    """Return how much we keep of the person."""
    kept = export_person(session, account, person)
    pushes = [push for push in kept["raw_push"] if push["body"]]
    return Holdings(
        person=person,
        events=len(kept["scan_event"]),
        pushes=len(pushes),
        first_channel=find_first_channel(session, person),
    )


def export_person(
    session: Session, account: Account, person: Follower
) -> dict[str, Any]:
    """Return every row that is about the person, table by table, as plain values."""
    found = {table.name: _rows(session, table, person) for table in OF_A_PERSON}
    found["raw_push"] += [
        _plain(row) for row in _pushes_of_nobody(session, account, person)
    ]
    events = [event["id"] for event in found["scan_event"]]
    return {
        "account": account.slug,
        "follower": _read(session, PEOPLE, PEOPLE.c.id == person.id),
        **found,
        "repair": _read(session, REPAIRS, REPAIRS.c.event_id.in_(events)),
        "first_channel": _first_channel(session, person),
        "channels": _names(session, {event["row_id"] for event in found["scan_event"]}),
    }


def erase_person(
    session: Session, account: Account, person: Follower, *, at: datetime
) -> None:
    """Erase what says who the person is; events, and so all numbers, stay.

    The keyed hash stays too: it recognises a return and tells nobody anything.
    """
    session.refresh(person, with_for_update=True)
    person.openid = None
    nobodys = [row["id"] for row in _pushes_of_nobody(session, account, person)]
    # Without its text nothing can be done about a push that broke.
    theirs = (RawPush.follower_id == person.id) | RawPush.id.in_(nobodys)
    settled = {"follower_id": person.id, "parked_at": None, "error": None}
    session.execute(update(RawPush).where(theirs).values(**settled))
    forget(session, [person.id])
    bindings.unbind(session, [person.id], by=UnboundBy.ERASURE, at=at)
    session.execute(delete(UserWeChat).where(UserWeChat.follower_id == person.id))
    webhooks.forget_member(session, person.id)
    reached = account.import_next_openid
    if reached and hash_openid(account.pepper, reached) == person.openid_hash:
        # The import begins again, and changes nobody it took over before.
        account.import_next_openid = None
    # A comparison reads the list from its first page again; it may be at this person.
    reading = update(ListRun).where(ListRun.account_id == account.id)
    reading = reading.where(ListRun.next_openid.is_not(None))
    session.execute(reading.values(next_openid=None, done_before=0))


def _pushes_of_nobody(
    session: Session, account: Account, person: Follower
) -> Iterator[RowMapping]:
    """Return the person's pushes that broke before it was known whose they are."""
    table = RawPush.__table__
    query = select(table).where(
        table.c.account_id == account.id, table.c.follower_id.is_(None)
    )
    for row in session.execute(query).mappings():
        try:
            openid = parse(row["body"]).openid
        except MalformedPushError:
            continue
        if hash_openid(account.pepper, openid) == person.openid_hash:
            yield row


def _rows(session: Session, table: Table, person: Follower) -> list[dict[str, Any]]:
    whose = [
        c for c in table.columns if any(c.references(k) for k in PEOPLE.primary_key)
    ]
    return _read(session, table, or_(*(column == person.id for column in whose)))


def _read(
    session: Session, table: Table, condition: ColumnElement[bool]
) -> list[dict[str, Any]]:
    query = select(table).where(condition).order_by(*table.primary_key)
    return [_plain(row) for row in session.execute(query).mappings()]


def _plain(row: RowMapping) -> dict[str, Any]:
    """Return the row as JSON can say it: bytes as text, or else as digits."""
    return {name: _said(value) for name, value in row.items()}


def _said(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                return value.hex()
    return value


def _first_channel(session: Session, person: Follower) -> dict[str, object] | None:
    """Return the row of the person's first touch, as the API names rows."""
    if person.first_row_id is None:
        return None
    channel = find_first_channel(session, person)
    other = "no_channel" if person.first_row_id == NO_CHANNEL else "unknown_scene"
    return {
        "row": "channel" if channel else other,
        "channel_id": channel.id if channel else None,
        "name": channel.name if channel else None,
        "followed_at": _said(person.first_followed_at),
    }


def _names(session: Session, row_ids: set[int]) -> dict[str, str]:
    """Return what the rows are called that the person's events count in."""
    query = select(Channel.id, Channel.name).where(Channel.id.in_(row_ids))
    return {str(number): name for number, name in session.execute(query)}
