"""The list of channels: who is in it, in which order, with which figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from wxchannels.channels import search
from wxchannels.channels.search import WORD_LENGTH, BadSortError, Filters
from wxchannels.extensions import db
from wxchannels.models import Channel
from wxchannels.paging import Page, parse_page
from wxchannels.reports.comparison import Earlier, earlier_figures
from wxchannels.reports.figures import RowFigures, channel_rows
from wxchannels.reports.periods import Period
from wxchannels.reports.trends import Trends, find_trends, thirty_days
from wxchannels.web.period_query import period_name, read_period

DEFAULT_SORT = "-net_follows"
#: The figures a list can be sorted by.
METRICS = ("scans", "new_follows", "unfollows", "net_follows", "unfollow_rate")
BY_AGE, BY_NAME = "created_at", "name"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants to see of the list."""

    filters: Filters
    period: Period
    #: The period's name, if people have one for it.
    chosen: str
    sort: str
    page: int

    @property
    def is_narrowed(self) -> bool:
        """Say whether only some of the channels are asked for."""
        filters = self.filters
        return bool(filters.search or filters.group or filters.tag or filters.state)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One page of the list, with what stands beside each name."""

    channels: Page[Channel]
    figures: Mapping[int, RowFigures]
    earlier: Earlier | None
    trends: Trends


def read_query(args: Mapping[str, str], now: datetime) -> Asked:
    """Return what the address asks for, or refuse what it cannot mean."""
    period = read_period(args, g.account, now=now)
    sort = args.get("sort") or DEFAULT_SORT
    if sort.removeprefix("-") not in (*METRICS, BY_AGE, BY_NAME):
        raise BadSortError(sort=sort[:WORD_LENGTH])
    return Asked(
        filters=Filters(
            search=args.get("q", "").strip(),
            group=args.get("group", ""),
            tag=args.get("tag", ""),
            state=search.parse_state(args.get("state", "")),
        ),
        period=period,
        chosen=period_name(args, period, now),
        sort=sort,
        page=parse_page(args.get("page", "")),
    )


def list_channels(asked: Asked, *, now: datetime) -> Listing:
    """Return the page that is asked for."""
    session = db.session()
    figures = _figures(session, asked, now=now)
    ids = _sorted_ids(session, asked, figures, now=now)
    page = search.load_page(session, ids, page=asked.page, page_size=search.PAGE_SIZE)
    rows = [figures[channel.id] for channel in page.items]
    shown = [channel.id for channel in page.items]
    return Listing(
        channels=page,
        figures=figures,
        earlier=earlier_figures(
            session, g.account, asked.period, now=now, row_ids=shown
        ),
        trends=find_trends(
            session, g.account, thirty_days(asked.period, now), rows, now=now
        ),
    )


def all_channels(asked: Asked, *, now: datetime) -> tuple[list[Channel], Any]:
    """Return every channel asked for, in order, and the figures by channel."""
    session = db.session()
    figures = _figures(session, asked, now=now, with_scanners=True)
    ids = _sorted_ids(session, asked, figures, now=now)
    return search.load_channels(session, ids), figures


def _figures(
    session: Session, asked: Asked, *, now: datetime, with_scanners: bool = False
) -> dict[int, RowFigures]:
    rows = channel_rows(
        session, g.account, asked.period, now=now, with_scanners=with_scanners
    )
    return {row.row_id: row for row in rows if row.row_id is not None}


def _sorted_ids(
    session: Session,
    asked: Asked,
    figures: Mapping[int, RowFigures],
    *,
    now: datetime,
) -> Sequence[int]:
    """Return the ids in order; of equals the newest first."""
    ids = search.list_ids(session, g.account, asked.filters, now=now)
    falling, key = asked.sort.startswith("-"), asked.sort.removeprefix("-")
    if key == BY_AGE:
        return ids if falling else ids[::-1]
    known = [one for one in ids if _value(figures[one], key) is not None]
    known.sort(key=_key(figures, key), reverse=falling)
    return known + [one for one in ids if _value(figures[one], key) is None]


def _key(figures: Mapping[int, RowFigures], key: str) -> Callable[[int], Any]:
    return lambda channel_id: _value(figures[channel_id], key)


def _value(row: RowFigures, key: str) -> Any:  # noqa: ANN401 - a name or a figure
    return row.spelling if key == BY_NAME else getattr(row, key)
