"""Which calendar day a moment belongs to."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return the time zone called `name`."""
    return ZoneInfo(name)


def local_day(at: datetime, time_zone: str) -> date:
    """Return the day of `at` on the account's calendar."""
    return at.astimezone(zone(time_zone)).date()
