"""How often the buttons were pressed, in the period the address asks for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, request

from wxchannels import clock
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.menus.buttons import Menu
from wxchannels.menus.clicks import ClickTable, click_table
from wxchannels.reports.periods import Period
from wxchannels.web.errors import sentence_of
from wxchannels.web.period_query import period_name, read_period

#: More than these are drawn several days a point, and not listed day by day.
MOST_DAYS = 31


@dataclass(frozen=True, kw_only=True)
class Clicks:
    """The table and its period, or why there is none."""

    table: ClickTable | None = None
    period: Period | None = None
    #: The days that the counts are of; empty where one count is of several days.
    days: Sequence[date] = ()
    chosen: str = ""
    refusal: str = ""
    refused_field: str = ""


def read_clicks(menu: Menu) -> Clicks:
    """Return the presses of the buttons of `menu` as the address asks for them."""
    now = clock.utcnow()
    try:
        period = read_period(request.args, g.account, now=now)
    except DomainError as error:
        return Clicks(refusal=sentence_of(error), refused_field=error.field)
    days = list(period.days())
    step = math.ceil(len(days) / MOST_DAYS)
    begins = [Period(day, day, period.time_zone).begins_at for day in days[::step]]
    return Clicks(
        table=click_table(db.session(), g.account, menu, [*begins, period.ends_at]),
        period=period,
        days=days if step == 1 else (),
        chosen=period_name(request.args, period, now),
    )
