"""How numbers, days and moments are written on a page, in the reader's language."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, get_timezone_location
from flask import Flask, g
from flask_babel import get_locale, gettext, ngettext

from wxchannels import clock
from wxchannels.web import art, assets, bubbles, definitions, deltas, drawings, links
from wxchannels.web.percentages import percentage
from wxchannels.wechat.links import mini_program_links

#: A true minus: as wide as the plus, and never broken from its number.
MINUS = "\N{MINUS SIGN}"
NOT_APPLICABLE = "—"
DEFAULT_ZONE = "Asia/Shanghai"

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def number(value: float | Decimal | None) -> str:
    """Return the exact number with thousands set off: 1,234 or −5."""
    if value is None:
        return NOT_APPLICABLE
    return f"{value:,}".replace("-", MINUS)


def signed(value: float | Decimal | None) -> str:
    """Return the number with its sign, as for a difference: +5, −5, 0."""
    if value is None:
        return NOT_APPLICABLE
    return f"{value:+,}".replace("-", MINUS) if value else "0"


def percent(share: float | Decimal | None, places: int = 1) -> str:
    """Return a share of one as a percentage: 0.154 is 15.4%."""
    if share is None:
        return NOT_APPLICABLE
    return f"{percentage(share, places)}%".replace("-", MINUS)


def zone_here(zone: str | None = None) -> ZoneInfo:
    """Return the named zone, or that of the account whose page this is."""
    account = g.get("account")
    return ZoneInfo(zone or (account.time_zone if account else DEFAULT_ZONE))


def day(value: date | datetime | None, zone: str | None = None) -> str:
    """Return the calendar day, a moment's in the account's zone: 2026-11-12."""
    if value is None:
        return NOT_APPLICABLE
    if isinstance(value, datetime):
        value = value.astimezone(zone_here(zone)).date()
    return value.isoformat()


def weekday(value: date | datetime, zone: str | None = None) -> str:
    """Return the day of the week in short: 周四 or Thu."""
    if isinstance(value, datetime):
        value = value.astimezone(zone_here(zone)).date()
    return str(format_skeleton("EEE", value, locale=get_locale()))


def clock_time(value: datetime | None, zone: str | None = None) -> str:
    """Return the time of day in the account's zone: 14:32."""
    if value is None:
        return NOT_APPLICABLE
    return f"{value.astimezone(zone_here(zone)):%H:%M}"


def moment(value: datetime | None, zone: str | None = None) -> str:
    """Return day and time in the account's zone: 2026-11-12 14:32."""
    if value is None:
        return NOT_APPLICABLE
    return f"{value.astimezone(zone_here(zone)):%Y-%m-%d %H:%M}"


def iso(value: datetime) -> str:
    """Return the moment for a machine, as `<time datetime>` wants it."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def ago(value: datetime | None, zone: str | None = None) -> str:
    """Return how long ago it was, or the moment itself once that is over a day."""
    if value is None:
        return NOT_APPLICABLE
    seconds = int((clock.utcnow() - value).total_seconds())
    if seconds >= DAY or seconds < 0:
        return moment(value, zone)
    if seconds < MINUTE:
        words = ngettext("%(num)d second ago", "%(num)d seconds ago", seconds)
    elif seconds < HOUR:
        minutes = seconds // MINUTE
        words = ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
    else:
        words = ngettext("%(num)d hour ago", "%(num)d hours ago", seconds // HOUR)
    return str(words)


def zone_name(zone: str | None = None) -> str:
    """Return what people call the zone: 上海时间（UTC+8）."""
    info = zone_here(zone)
    offset = clock.utcnow().astimezone(info).strftime("%z")
    hours, minutes = f"{offset[0]}{int(offset[1:3])}", offset[3:]
    if minutes != "00":
        hours += f":{minutes}"
    city = get_timezone_location(info, locale=get_locale(), return_city=True)
    offset = hours.replace("-", MINUS)
    return str(gettext("%(city)s time (UTC%(offset)s)", city=city, offset=offset))


FILTERS: dict[str, Callable[..., object]] = {
    "number": number,
    "signed": signed,
    "percent": percent,
    "day": day,
    "weekday": weekday,
    "clock": clock_time,
    "moment": moment,
    "iso": iso,
    "ago": ago,
    "wechat_text": bubbles.wechat_text,
    "mini_programs": mini_program_links,
}


def register(app: Flask) -> None:
    """Give the templates of `app` our filters and functions."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        zone_name=zone_name,
        asset_url=assets.asset_url,
        sparkline=drawings.sparkline,
        bar=drawings.bar,
        identicon=drawings.identicon,
        qr_thumbnail=drawings.qr_thumbnail,
        art=art.picture,
        mosaic=art.mosaic,
        compare=deltas.compare,
        definition=definitions.use,
        definitions_used=definitions.used,
        query_url=links.query_url,
        page_numbers=links.page_numbers,
        here=links.here,
    )
