"""The report as a file: the rows of the page, with the numbers of the page."""

from collections.abc import Iterator, Sequence

from flask import Response
from flask_babel import gettext, lazy_gettext

from wxchannels.models import Account
from wxchannels.reports.definitions import DEFINITIONS
from wxchannels.reports.export import Cell
from wxchannels.reports.figures import RowFigures
from wxchannels.reports.table import METRICS, ReportTable
from wxchannels.web import filters
from wxchannels.web.downloads import csv_file, file_name
from wxchannels.web.ledger_words import row_word

TOTAL = lazy_gettext("Total")
NARROWED = lazy_gettext("Total of the channels shown")


def report_csv(account: Account, table: ReportTable) -> Response:
    """Return the table as a CSV file."""
    report = table.report
    name = file_name("report", account, report.period, now=report.data_until)
    return csv_file(name, list(_rows(table)))


def _rows(table: ReportTable) -> Iterator[Sequence[Cell]]:
    """Return the head and the rows in the order of the page."""
    labels = [gettext(DEFINITIONS[metric].label) for metric in METRICS]
    before = [gettext("Net follows, period before")] if table.earlier else []
    yield [gettext("Channel"), gettext("Group"), *labels, *before]
    yield _row(table, table.report.total, str(TOTAL))
    if table.total is not None:
        yield _row(table, table.total, str(NARROWED))
    for row in table.rows:
        yield _row(table, row, row.name)
    if table.total is None:
        for row in (table.report.no_channel, table.report.unknown_scene):
            yield _row(table, row, row_word(row.row_id or 0))


def _row(table: ReportTable, row: RowFigures, name: str) -> Sequence[Cell]:
    figures = [figure_cell(row, metric) for metric in METRICS]
    before = table.before(row)
    return [name, row.group, *figures, *([before.net_follows] if before else [])]


def figure_cell(row: RowFigures, metric: str) -> Cell:
    """Return a row's figure as files have it: numbers exact, a rate as on the page."""
    figure: float | None = row.figure(metric)
    if figure is None:
        return None
    return filters.percent(figure) if metric == "unfollow_rate" else int(figure)
