"""Which calendar day a moment belongs to, and how that stays so for a while."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from wxchannels.models import Account


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return the time zone called `name`."""
    return ZoneInfo(name)


def local_day(at: datetime, time_zone: str) -> date:
    """Return the day of `at` on the account's calendar."""
    return at.astimezone(zone(time_zone)).date()


def hold_days(session: Session, account_id: int) -> Account:
    """Return the account, whose days begin where they do until the commit.

    Whoever puts events on days holds them, as many at a time as like to. A change of
    the zone waits for them, and they for it: none puts an event on a day of before.
    """
    share = {"read": True, "key_share": True}
    return session.get_one(
        Account, account_id, with_for_update=share, populate_existing=True
    )


def stop_days(session: Session, account_id: int) -> Account:
    """Return the account when nobody holds its days, for whom they will change."""
    return session.get_one(
        Account, account_id, with_for_update=True, populate_existing=True
    )
