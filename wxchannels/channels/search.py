"""Finding channels: by words, group, tag and state, sorted, a page at a time."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from wxchannels.channels.groups import below
from wxchannels.channels.words import without_invisible
from wxchannels.errors import N_, DomainError
from wxchannels.models import (
    Account,
    AdoptedScene,
    Channel,
    ChannelGroup,
    ChannelState,
    ChannelTag,
    QRCode,
    QRCodeState,
    User,
)
from wxchannels.paging import Page
from wxchannels.people.policy import reads

#: How long before its end a code is shown as about to expire.
SOON = timedelta(days=7)
MOST_WORDS = 8
WORD_LENGTH = 64
DEFAULT_SORT = "-created_at"
PAGE_SIZE = 50
LARGEST_PAGE = 200
#: As many values as one question to the database holds.
CHUNK = 500
#: As a group: channels that are in none. No path is written like this.
NO_GROUP = "/"
#: What a list can be sorted by without any figures; a minus before it turns it round.
SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "name": Channel.pinyin,
    "created_at": Channel.created_at,
}
WITH_ALL = (
    selectinload(Channel.tags),
    selectinload(Channel.qrcodes),
    joinedload(Channel.group),
)


class ListState(StrEnum):
    """What a list can be narrowed to."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    DISABLED = "disabled"
    ARCHIVED = "archived"


class BadSortError(DomainError):
    """A list is sorted by what it shows, and by nothing else."""

    sentence = N_("A list of channels cannot be sorted by “%(sort)s”.")
    field = "sort"


class BadStateError(DomainError):
    """A state that no channel can be in."""

    sentence = N_("No channel can be “%(state)s”.")
    field = "state"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which channels are asked for. Without a state: all that are not archived."""

    search: str = ""
    group: str = ""
    tag: str = ""
    state: ListState | None = None
    with_archived: bool = False


def parse_state(text: str) -> ListState | None:
    """Return the state that `text` names; empty is none."""
    if not text:
        return None
    try:
        return ListState(text)
    except ValueError as error:
        raise BadStateError(state=text[:WORD_LENGTH]) from error


def list_channels(
    session: Session,
    account: Account,
    filters: Filters,
    *,
    now: datetime,
    sort: str = DEFAULT_SORT,
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Page[Channel]:
    """Return a page of the channels asked for, with their tags, group and codes."""
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        raise BadSortError(sort=sort[:WORD_LENGTH])
    ids = list_ids(session, account, filters, now=now, order=_order(sort, column))
    return load_page(session, ids, page=page, page_size=page_size)


def list_ids(
    session: Session,
    account: Account,
    filters: Filters,
    *,
    now: datetime,
    order: Sequence[UnaryExpression[Any]] = (),
) -> Sequence[int]:
    """Return the ids of all channels asked for: a list by figures needs them all."""
    query = select(Channel.id).where(Channel.account_id == account.id)
    query = query.where(*_conditions(filters, now)).order_by(*order, Channel.id.desc())
    return session.scalars(query).all()


def load_page(
    session: Session, ids: Sequence[int], *, page: int, page_size: int
) -> Page[Channel]:
    """Return the channels of one page of `ids`, in their order."""
    size = min(max(page_size, 1), LARGEST_PAGE)
    last = max(1, -(-len(ids) // size))
    page = min(max(page, 1), last)
    items = load_channels(session, ids[(page - 1) * size : page * size])
    return Page(items, page, size, len(ids))


def load_channels(session: Session, ids: Sequence[int]) -> list[Channel]:
    """Return the channels with their tags, group and codes, in the order of `ids`."""
    found: dict[int, Channel] = {}
    for start in range(0, len(ids), CHUNK):
        wanted = Channel.id.in_(ids[start : start + CHUNK])
        query = select(Channel).where(wanted).options(*WITH_ALL)
        found |= {channel.id: channel for channel in session.scalars(query)}
    return [found[channel_id] for channel_id in ids]


def codes_found(channel: Channel, text: str) -> list[QRCode]:
    """Return those codes of a channel whose scene has a word of the search in it."""
    words = [word.lower() for word in _words(text)]
    return [c for c in channel.qrcodes if any(w in c.scene.lower() for w in words)]


def _order(sort: str, column: InstrumentedAttribute[Any]) -> list[UnaryExpression[Any]]:
    return [column.desc() if sort.startswith("-") else column.asc()]


def _conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    conditions = _state_conditions(filters, now)
    conditions += [_matches(word) for word in _words(filters.search)]
    if filters.group == NO_GROUP:
        conditions.append(Channel.group_id.is_(None))
    elif filters.group:
        group = ChannelGroup.id == Channel.group_id
        conditions.append(exists().where(group, below(_visible(filters.group))))
    if filters.tag:
        worn = ChannelTag.channel_id == Channel.id
        name = ChannelTag.name == _visible(filters.tag)
        conditions.append(exists().where(worn, name))
    return conditions


def _words(search: str) -> list[str]:
    """Return the words of a search; a pasted text is cut to what a search can mean."""
    return [word[:WORD_LENGTH] for word in _visible(search).split()[:MOST_WORDS]]


def _visible(text: str) -> str:
    """Return `text` without what no name holds and no database takes, NUL above all."""
    text = unicodedata.normalize("NFC", without_invisible(text))
    hidden = {"Cc", "Cs"}
    return "".join(" " if unicodedata.category(c) in hidden else c for c in text)


def _matches(word: str) -> ColumnElement[bool]:
    carries = QRCode.channel_id == Channel.id
    adopted = AdoptedScene.channel_id == Channel.id
    kept = AdoptedScene.released_at.is_(None)
    is_adopted = AdoptedScene.scene.icontains(word, autoescape=True)
    in_charge = (User.email == Channel.owner) & reads(Channel.account_id)
    return or_(
        Channel.name.icontains(word, autoescape=True),
        Channel.owner.icontains(word, autoescape=True),
        exists().where(in_charge, User.name.icontains(word, autoescape=True)),
        Channel.pinyin.contains(word.lower(), autoescape=True),
        exists().where(carries, QRCode.scene.icontains(word, autoescape=True)),
        exists().where(adopted, kept, is_adopted),
    )


def _state_conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    if filters.state is None:
        live = Channel.state != ChannelState.ARCHIVED
        return [] if filters.with_archived else [live]
    if filters.state in {ListState.DISABLED, ListState.ARCHIVED}:
        return [Channel.state == filters.state]
    active = Channel.state == ChannelState.ACTIVE
    # A channel lives as long as its longest code; one without any waits for its first.
    lasting = _has_code(
        or_(QRCode.expires_at.is_(None), QRCode.expires_at > now + SOON)
    )
    ending = _has_code(and_(QRCode.expires_at > now, QRCode.expires_at <= now + SOON))
    ended = _has_code(QRCode.expires_at <= now)
    match filters.state:
        case ListState.EXPIRING:
            return [active, ending, ~lasting]
        case ListState.EXPIRED:
            return [active, ended, ~ending, ~lasting]
        case _:
            return [active, or_(lasting, ending, ~ended)]


def _has_code(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    issued = QRCode.state == QRCodeState.ACTIVE
    return exists().where(QRCode.channel_id == Channel.id, issued, condition)
