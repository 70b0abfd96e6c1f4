"""The event log as a file: every event of the filter, not only a page of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import Response
from flask_babel import gettext
from sqlalchemy.orm import Session

from wxchannels.ledger.days import zone
from wxchannels.models import Account
from wxchannels.reports.event_filters import EventsAsked
from wxchannels.reports.events import LoggedEvent, every_event
from wxchannels.reports.export import Cell
from wxchannels.web.downloads import csv_file, file_name
from wxchannels.web.ledger_words import class_word, row_word, source_word


def events_csv(
    session: Session, account: Account, asked: EventsAsked, *, now: datetime
) -> Response:
    """Return the events asked for as a CSV file, the newest first."""
    events = every_event(session, asked.conditions(account, now))
    name = file_name("events", account, asked.period, now=now)
    return csv_file(name, _rows(events, account.time_zone))


def _rows(events: Iterator[LoggedEvent], time_zone: str) -> Iterator[Sequence[Cell]]:
    yield [
        gettext("Time (%(zone)s)", zone=time_zone),
        gettext("Event"),
        gettext("Channel"),
        gettext("Scene"),
        gettext("Source"),
        gettext("Person"),
        gettext("End of the openid"),
        gettext("Follow ended"),
        gettext("Tester"),
        gettext("First channel of the person"),
    ]
    for event in events:
        yield _row(event, time_zone)


def _row(event: LoggedEvent, time_zone: str) -> Sequence[Cell]:
    return [
        _written(event.happened_at, time_zone),
        class_word(event.class_),
        row_word(event.row_id, event.channel_name),
        event.scene,
        source_word(event),
        event.follower_id,
        event.openid_tail or gettext("erased"),
        _written(event.lost_at, time_zone),
        gettext("yes") if event.is_tester else "",
        _first(event),
    ]


def _first(event: LoggedEvent) -> str:
    if event.first_row_id is None:
        return ""
    return row_word(event.first_row_id, event.first_channel_name)


def _written(at: datetime | None, time_zone: str) -> str:
    return f"{at.astimezone(zone(time_zone)):%Y-%m-%d %H:%M:%S}" if at else ""
