"""The period in an address: two days, or one of the names people have for it."""

from collections.abc import Mapping
from datetime import datetime

from wxchannels.models import Account
from wxchannels.reports.periods import Period, Preset

DEFAULT = Preset.LAST_30_DAYS
#: The name of no period at all.
ALL = "all"


def read_period(args: Mapping[str, str], account: Account, *, now: datetime) -> Period:
    """Return the period asked for; days that are given count before a name."""
    zone = account.time_zone
    if args.get("start") or args.get("end"):
        return Period.parse(args.get("start", ""), args.get("end", ""), time_zone=zone)
    return Period.called(args.get("p") or DEFAULT, time_zone=zone, now=now)


def read_any_period(
    args: Mapping[str, str], account: Account, *, now: datetime
) -> Period | None:
    """Return the period asked for; None where all times are."""
    if args.get("p") == ALL and not args.get("start") and not args.get("end"):
        return None
    return read_period(args, account, now=now)


def period_name(args: Mapping[str, str], period: Period | None, now: datetime) -> str:
    """Return the name to mark as chosen, or "" for a period that has none."""
    if period is None:
        return ALL
    if not args.get("start") and not args.get("end"):
        return args.get("p") or DEFAULT
    return period.name(now) or ""
