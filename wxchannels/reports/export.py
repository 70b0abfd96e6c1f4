"""Tables as CSV that spreadsheets read right and cannot be tricked by."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

#: Without it Excel takes UTF-8 for something else.
BOM = "\ufeff"
#: What makes a spreadsheet read a text as a formula; the wide ones too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | None


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Return the lines of a CSV file, the first with a byte order mark."""
    mark = BOM
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield mark + line.getvalue()
        mark = ""


def harmless(cell: Cell) -> Cell:
    """Return the cell; a text that a spreadsheet would calculate stays a text."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
