"""Since when WeChat could tell us anything: before it, missing is not zero."""

from datetime import date, datetime

from wxchannels.ledger.days import local_day
from wxchannels.models import Account


def in_contact(account: Account, at: date | datetime) -> bool:
    """Say whether WeChat could have told us anything at `at`."""
    met = [at for at in (account.verified_at, account.first_push_at) if at is not None]
    if not met:
        return False
    day = local_day(at, account.time_zone) if isinstance(at, datetime) else at
    return day >= local_day(min(met), account.time_zone)
