"""Moments as people in Shanghai write them."""

from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))


def local(at: int) -> datetime:
    """Return the moment in Shanghai."""
    return datetime.fromtimestamp(at, SHANGHAI)


def clock_time(at: int) -> str:
    """Return hours, minutes and seconds."""
    return f"{local(at):%H:%M:%S}"


def short_time(at: int, *, now: int) -> str:
    """Return hours and minutes, with the day unless it is today."""
    moment = local(at)
    if moment.date() == local(now).date():
        return f"{moment:%H:%M}"
    return f"{moment:%m-%d %H:%M}"


def day(at: int) -> str:
    """Return the date."""
    return f"{local(at):%Y-%m-%d}"


def full_time(at: int) -> str:
    """Return date and time."""
    return f"{local(at):%Y-%m-%d %H:%M:%S}"
