"""What a pasted table would make: checked row by row, without asking WeChat."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from wxchannels.channels.channels import ChannelNameTakenError
from wxchannels.channels.fields import (
    ChannelFields,
    check_name,
    check_owner,
    check_tags,
)
from wxchannels.channels.groups import clean_path
from wxchannels.channels.paste import PastedRow
from wxchannels.channels.qrcodes import SceneTakenError
from wxchannels.channels.scenes import BadExpireSecondsError, check_scene
from wxchannels.errors import N_, DomainError
from wxchannels.models import Account, AdoptedScene, Channel, QRCode

DAY_SECONDS = 86_400
MOST_DAYS = 30
FOR_EVER = {"", "永久", "永久码", "permanent", "forever"}
DAYS = re.compile(r"([0-9]{1,4}) ?(?:天|日|d|days?)?", re.IGNORECASE)
#: As many values as one question to the database holds.
CHUNK = 500


class RepeatedNameError(DomainError):
    """The same name twice in one table."""

    sentence = N_("Line %(line)s has the same name.")
    field = "name"


class RepeatedSceneError(DomainError):
    """The same scene twice in one table."""

    sentence = N_("Line %(line)s has the same scene.")
    field = "scene"


class BadDaysError(BadExpireSecondsError):
    """A field that asks for days and nothing else."""

    sentence = N_("Enter a number of days from 1 to 30.")
    field = "days"


class BadLifetimeError(BadExpireSecondsError):
    """A cell that says neither for ever nor how many days."""

    sentence = N_("Write “permanent”, or up to 30 days like “30 days”.")
    field = "lifetime"


@dataclass
class CheckedRow:
    """A row and what is wrong with it, by column."""

    row: PastedRow
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, DomainError] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """True if a channel can be made of it."""
        return not self.errors

    @property
    def fields(self) -> ChannelFields:
        """What the channel is opened with."""
        return ChannelFields(
            name=self.values["name"],
            group=self.values["group"],
            tags=self.values["tags"],
            owner=self.values["owner"],
        )


def check_rows(
    session: Session, account: Account, rows: Sequence[PastedRow]
) -> list[CheckedRow]:
    """Return every row with its errors; nothing is written and WeChat is not asked."""
    checked = [_check_row(row) for row in rows]
    _check_repeats(checked, "name", RepeatedNameError)
    _check_repeats(checked, "scene", RepeatedSceneError)
    for row in _taken(session, account, checked, "name", Channel.live_name):
        row.errors["name"] = ChannelNameTakenError(name=row.values["name"])
    scenes = [
        *_taken(session, account, checked, "scene", QRCode.scene),
        *_taken(session, account, checked, "scene", AdoptedScene.scene),
    ]
    for row in scenes:
        row.errors["scene"] = SceneTakenError(scene=row.values["scene"])
    return checked


def check_lifetime(text: str) -> int | None:
    """Return how many seconds a code lasts; None is for ever."""
    if text.lower() in FOR_EVER:
        return None
    seconds = read_days(text)
    if seconds is None:
        raise BadLifetimeError
    return seconds


def read_days(text: str) -> int | None:
    """Return how many seconds 1 to 30 days have; None for any other text."""
    days = DAYS.fullmatch(text)
    if days is None or not 1 <= int(days[1]) <= MOST_DAYS:
        return None
    return int(days[1]) * DAY_SECONDS


CHECKS: Mapping[str, Callable[[str], object]] = {
    "name": check_name,
    "group": clean_path,
    "tags": check_tags,
    "owner": check_owner,
    "lifetime": check_lifetime,
}


def _check_row(row: PastedRow) -> CheckedRow:
    checked = CheckedRow(row)
    for column, check in CHECKS.items():
        try:
            checked.values[column] = check(row.cells[column])
        except DomainError as error:
            checked.errors[column] = error
    checked.values["scene"] = row.cells["scene"] or None
    try:
        check_scene(checked.values["scene"])
    except DomainError as error:
        checked.errors["scene"] = error
    return checked


def _check_repeats(
    rows: Iterable[CheckedRow], column: str, error: type[DomainError]
) -> None:
    first: dict[str, int] = {}
    for row in _good_in(rows, column):
        value = row.values[column]
        line = first.setdefault(value, row.row.line)
        if line != row.row.line:
            row.errors[column] = error(line=line)


def _taken(
    session: Session,
    account: Account,
    rows: Iterable[CheckedRow],
    column: str,
    attribute: InstrumentedAttribute[Any],
) -> Iterator[CheckedRow]:
    """Return the rows whose value another channel or code has already."""
    good = list(_good_in(rows, column))
    owner = attribute.class_.account_id
    for start in range(0, len(good), CHUNK):
        chunk = good[start : start + CHUNK]
        wanted = [row.values[column] for row in chunk]
        query = select(attribute).where(owner == account.id, attribute.in_(wanted))
        taken = set(session.scalars(query))
        yield from (row for row in chunk if row.values[column] in taken)


def _good_in(rows: Iterable[CheckedRow], column: str) -> Iterator[CheckedRow]:
    return (row for row in rows if column not in row.errors and row.values[column])
