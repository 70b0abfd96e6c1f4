"""The period in an address: two days, or one of the names people have for it."""

from collections.abc import Mapping
from datetime import datetime

from flask import abort, redirect

from wxchannels.models import Account
from wxchannels.reports.periods import BadPresetError, Period, Preset
from wxchannels.web.links import query_url

DEFAULT = Preset.LAST_30_DAYS
#: The name of no period at all.
ALL = "all"
#: In a form: the days it showed for the period's name.
SHOWN = "shown"


def read_period(args: Mapping[str, str], account: Account, *, now: datetime) -> Period:
    """Return the period asked for, where all times are no answer."""
    period = read_any_period(args, account, now=now)
    if period is None:
        raise BadPresetError(name=ALL)
    return period


def read_any_period(
    args: Mapping[str, str], account: Account, *, now: datetime
) -> Period | None:
    """Return the period asked for; None where all times are.

    Days that are given count before a name. A form that was sent goes to its address
    without what only a form needs.
    """
    _leave_form(args)
    zone = account.time_zone
    if _has_days(args):
        return Period.parse(args.get("start", ""), args.get("end", ""), time_zone=zone)
    name = args.get("p") or DEFAULT
    return None if name == ALL else Period.called(name, time_zone=zone, now=now)


def period_name(args: Mapping[str, str], period: Period | None, now: datetime) -> str:
    """Return the name to mark as chosen, or "" for a period that has none."""
    if period is None:
        return ALL
    if not _has_days(args):
        return args.get("p") or DEFAULT
    return period.name(now) or ""


def period_args(period: Period | None, chosen: str) -> Mapping[str, str]:
    """Return the period in an address, for a link to another page that takes one.

    By its name, if it was chosen by that; all times and the usual ones are left out.
    """
    if period is None or chosen == DEFAULT:
        return {}
    if chosen:
        return {"p": chosen}
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _has_days(args: Mapping[str, str]) -> bool:
    return bool(args.get("start") or args.get("end"))


def _leave_form(args: Mapping[str, str]) -> None:
    """Keep the period's name, unless its days were changed in the form.

    Otherwise "the last 7 days" would become seven fixed days with the first filter,
    and stay them in whoever's bookmark.
    """
    if SHOWN not in args:
        return
    if args[SHOWN] == f"{args.get('start', '')}..{args.get('end', '')}":
        left: dict[str, None] = dict.fromkeys(("start", "end"))
    else:
        left = {"p": None}
    abort(redirect(query_url(**left, **{SHOWN: None})))
