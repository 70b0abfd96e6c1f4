"""The stretch of days a report is about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from wxchannels.errors import N_, DomainError
from wxchannels.ledger.days import local_day, zone

#: Longer periods are no use to anybody and would draw a thousand bars.
MAX_DAYS = 1100
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
#: WeChat has no data from before, and databases no room for years beyond.
YEARS = range(2000, 2200)
WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadPeriodError(DomainError):
    """The period ends before it begins, or is longer than any report."""

    sentence = N_("The period must end after it begins and be at most 1,100 days long.")
    field = "end"


class BadDayError(DomainError):
    """A day that is not written as one."""

    sentence = N_("Write the day as YYYY-MM-DD.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class NoSuchDayError(BadDayError):
    """A day that no calendar has."""

    sentence = N_("The calendar has no such day.")


class FarDayError(BadDayError):
    """A day of which nobody can know anything."""

    sentence = N_("Choose a day from 2000 to 2199.")


class BadPresetError(DomainError):
    """A period by a name that nobody gave."""

    sentence = N_("There is no period called “%(name)s”. Choose one of those shown.")
    field = "p"


class Preset(StrEnum):
    """The stretches people ask for by name."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "7d"
    LAST_30_DAYS = "30d"
    THIS_MONTH = "month"


#: How much of a mistyped name is said back.
NAME_SHOWN = 32


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A day or an hour of a period."""

    #: The day, or the hour's first moment in UTC.
    at: date | datetime
    begins_at: datetime
    ends_at: datetime

    def is_under_way(self, now: datetime) -> bool:
        """Say whether it has begun and is not over."""
        return self.begins_at <= now < self.ends_at


@dataclass(frozen=True)
class Period:
    """The days from `start` to `end`, both included, on the account's calendar."""

    start: date
    end: date
    time_zone: str

    def __post_init__(self) -> None:
        if not 0 <= (self.end - self.start).days < MAX_DAYS:
            raise BadPeriodError

    @classmethod
    def last_days(cls, days: int, *, time_zone: str, now: datetime) -> Self:
        """Return the last `days` days, today included."""
        today = local_day(now, time_zone)
        return cls(today - (days - 1) * DAY, today, time_zone)

    @classmethod
    def called(cls, name: str, *, time_zone: str, now: datetime) -> Self:
        """Return the period that `name`, one of `Preset`, means today."""
        today = local_day(now, time_zone)
        match name:
            case Preset.TODAY:
                return cls(today, today, time_zone)
            case Preset.YESTERDAY:
                return cls(today - DAY, today - DAY, time_zone)
            case Preset.LAST_7_DAYS:
                return cls.last_days(7, time_zone=time_zone, now=now)
            case Preset.LAST_30_DAYS:
                return cls.last_days(30, time_zone=time_zone, now=now)
            case Preset.THIS_MONTH:
                return cls(today.replace(day=1), today, time_zone)
        raise BadPresetError(name=name[:NAME_SHOWN])

    @classmethod
    def parse(cls, start: str, end: str, *, time_zone: str) -> Self:
        """Return the period between two days written as YYYY-MM-DD."""
        return cls(parse_day(start, "start"), parse_day(end, "end"), time_zone)

    @property
    def day_count(self) -> int:
        """How many days the period has."""
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        length = self.day_count * DAY
        return Period(self.start - length, self.end - length, self.time_zone)

    @property
    def after(self) -> "Period":
        """The period of the same length that begins where this one ends."""
        length = self.day_count * DAY
        return Period(self.start + length, self.end + length, self.time_zone)

    def is_unfinished(self, now: datetime) -> bool:
        """Say whether some of the period is still to come."""
        return now < self.ends_at

    def name(self, now: datetime) -> Preset | None:
        """Return what people call the period today, if they have a name for it."""
        for preset in Preset:
            if self == Period.called(preset, time_zone=self.time_zone, now=now):
                return preset
        return None

    def moment_before(self, now: datetime) -> datetime:
        """Return when the period before was as far as this one is at `now`.

        An unfinished day is compared with the same hours of an earlier one: a
        morning would lose against any whole day.
        """
        if not self.is_unfinished(now):
            return self.begins_at
        local = now.astimezone(zone(self.time_zone)) - self.day_count * DAY
        return max(local.astimezone(UTC), self.before.begins_at)

    @property
    def begins_at(self) -> datetime:
        """The first moment of the period, in UTC."""
        return self._midnight(self.start)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the period, in UTC."""
        return self._midnight(self.end + DAY)

    def days(self) -> Iterator[date]:
        """Return every day of the period in order."""
        return (self.start + n * DAY for n in range(self.day_count))

    def by_day(self) -> Iterator[Stretch]:
        """Return every day of the period with the moments between which it lies."""
        for day in self.days():
            begins_at, ends_at = self._midnight(day), self._midnight(day + DAY)
            yield Stretch(at=day, begins_at=begins_at, ends_at=ends_at)

    def by_hour(self) -> Iterator[Stretch]:
        """Return every hour of the period."""
        at = self.begins_at
        while at < self.ends_at:
            yield Stretch(at=at, begins_at=at, ends_at=at + HOUR)
            at += HOUR

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), zone(self.time_zone)).astimezone(UTC)


def parse_day(text: str, field: str) -> date:
    """Return the day written as YYYY-MM-DD, or refuse it at `field`."""
    if not WRITTEN.fullmatch(text):
        raise BadDayError(field)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoSuchDayError(field) from None
    if day.year not in YEARS:
        raise FarDayError(field)
    return day
