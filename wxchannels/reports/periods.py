"""The stretch of days a report is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from wxchannels.errors import N_, DomainError
from wxchannels.ledger.days import local_day, zone

#: Longer periods are no use to anybody and would draw a thousand bars.
MAX_DAYS = 1100
DAY = timedelta(days=1)
#: WeChat has no data from before, and databases no room for years beyond.
YEARS = range(2000, 2200)


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

    def hours(self) -> Iterator[datetime]:
        """Return the beginning of every hour of the period, in UTC."""
        at = self.begins_at
        while at < self.ends_at:
            yield at
            at += timedelta(hours=1)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), zone(self.time_zone)).astimezone(UTC)


def parse_day(text: str, field: str) -> date:
    """Return the day written as YYYY-MM-DD, or refuse it at `field`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadDayError(field) from None
    if text != day.isoformat() or day.year not in YEARS:
        raise BadDayError(field)
    return day
