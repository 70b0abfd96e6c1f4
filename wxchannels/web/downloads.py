"""Tables as files to take away."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response, stream_with_context

from wxchannels.ledger.days import zone
from wxchannels.models import Account
from wxchannels.reports.export import Cell, csv_lines
from wxchannels.reports.periods import Period


def file_name(
    kind: str, account: Account, period: Period | None, *, now: datetime
) -> str:
    """Return what a file of figures is called: whose, of which days, up to when.

    Said by the name, so that the table stays one: a head, and rows that add up.
    """
    days = f"{period.start}_{period.end}" if period else "all"
    if period and period.is_unfinished(now):
        days += "_unfinished"
    until = f"{now.astimezone(zone(account.time_zone)):%Y-%m-%d_%H%M}"
    where = account.time_zone.replace("/", "-")
    return f"{kind}_{account.slug}_{days}_until_{until}_{where}.csv"


def csv_file(name: str, rows: Iterable[Sequence[Cell]]) -> Response:
    """Return `rows` as a CSV file called `name`, sent while it is read."""
    response = Response(stream_with_context(csv_lines(rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
