"""Tables as files to take away."""

from collections.abc import Iterable, Sequence

from flask import Response, stream_with_context

from wxchannels.reports.export import Cell, csv_lines


def csv_file(name: str, rows: Iterable[Sequence[Cell]]) -> Response:
    """Return `rows` as a CSV file called `name`, sent while it is read."""
    response = Response(stream_with_context(csv_lines(rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
