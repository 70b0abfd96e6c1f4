"""When failed work is tried again, and when a person has to look at it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from wxchannels.outbox.leases import Trouble
from wxchannels.wechat.errors import (
    QuotaRefusedError,
    TokenRefusedError,
    WeChatRefusedError,
)

#: With the pauses below, work is tried for most of a day before it is parked.
MOST_TRIES = 16
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=3)
#: WeChat counts calls a day by Beijing's calendar, and calls a minute.
BEIJING = ZoneInfo("Asia/Shanghai")
AFTER_MIDNIGHT = time(0, 5)
#: Somebody else tags the same person at this moment.
HEALING = {45169}
MINUTE_QUOTA, MINUTE_PAUSE = 45011, timedelta(seconds=75)


def next_try(error: Exception, attempts: int, *, now: datetime) -> datetime | None:
    """Return when to try again after `attempts` tries; None where it would not help."""
    if attempts >= MOST_TRIES:
        return None
    if isinstance(error, QuotaRefusedError):
        if error.errcode == MINUTE_QUOTA:
            return now + max(MINUTE_PAUSE, pause_after(attempts))
        return next_quota_day(now)
    if isinstance(error, WeChatRefusedError):
        # Settings and rights do not heal by themselves, and WeChat says the same to
        # the same question.
        heals = isinstance(error, TokenRefusedError) or error.errcode in HEALING
        return now + pause_after(attempts) if heals else None
    return now + pause_after(attempts)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries: twice as long each time."""
    doubled: int = 2 ** (attempts - 1)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def next_quota_day(now: datetime) -> datetime:
    """Return when WeChat has begun to count again."""
    tomorrow = now.astimezone(BEIJING).date() + timedelta(days=1)
    return datetime.combine(tomorrow, AFTER_MIDNIGHT, BEIJING)


def trouble_of(error: Exception) -> Trouble:
    """Return what is kept of `error`: what others' errors say may hold anything."""
    if isinstance(error, WeChatRefusedError):
        return Trouble(error=error.errmsg, errcode=error.errcode)
    return Trouble(error=type(error).__name__)


def is_out_of_reach(error: Exception) -> bool:
    """Say whether the next task of the kind would meet the same refusal today."""
    return isinstance(error, QuotaRefusedError)
