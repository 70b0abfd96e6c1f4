"""What people paste from a spreadsheet, read into rows."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from wxchannels.channels.words import one_line
from wxchannels.errors import N_, DomainError

MOST_LINES = 1000
COLUMNS = ("name", "group", "tags", "owner", "scene", "lifetime")
HEADERS = {
    "name": ("名称", "渠道", "渠道名称", "name", "channel"),
    "group": ("分组", "group"),
    "tags": ("标签", "tags", "tag"),
    "owner": ("负责人", "owner", "in charge"),
    "scene": ("场景值", "场景", "scene"),
    "lifetime": ("有效期", "validity", "lifetime"),
}
COLUMN_OF_HEADER = {
    header: column for column, headers in HEADERS.items() for header in headers
}
#: What spreadsheets save: UTF-8 with a mark, UTF-16 with one, Chinese Windows.
ENCODINGS = ("utf-8-sig", "gb18030")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class EmptyPasteError(DomainError):
    """Nothing to make."""

    sentence = N_("Paste at least one line with a name.")
    field = "lines"


class TooManyLinesError(DomainError):
    """One run has an end that people can wait for."""

    sentence = N_("At most %(most)s lines can be made at once; these are %(count)s.")
    field = "lines"


class UnreadableLinesError(DomainError):
    """Not a table, or not text."""

    sentence = N_("This is not a table we can read. Save it as CSV and try again.")
    field = "lines"


class SurplusCellsError(DomainError):
    """Cells that the first line, which names the columns, gives no column."""

    sentence = N_("Line %(line)s has more cells than the first line names columns.")
    field = "lines"


@dataclass(frozen=True)
class PastedRow:
    """One line as it was typed, a text for every column."""

    #: Counted from 1; empty lines and the names of the columns do not count.
    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class LeftOut:
    """A line that was wrong when the others were made."""

    line: int
    name: str
    why: str


def decode_table(content: bytes) -> str:
    """Return the text of an uploaded CSV file, whichever way it was saved."""
    if content.startswith(UTF_16_MARKS):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableLinesError


def read_rows(text: str) -> list[PastedRow]:
    """Return the rows of `text`; its first line may name the columns."""
    lines = _cells(text)
    columns: Sequence[str] = COLUMNS
    header = _header(lines[0])
    if header:
        columns, lines = header, lines[1:]
        _check_surplus(columns, lines)
    if not lines:
        raise EmptyPasteError
    if len(lines) > MOST_LINES:
        raise TooManyLinesError(most=f"{MOST_LINES:,}", count=f"{len(lines):,}")
    named = (_named(columns, cells) for cells in lines)
    return [PastedRow(line, cells) for line, cells in enumerate(named, start=1)]


def write_rows(rows: Sequence[PastedRow]) -> str:
    """Return the rows as text that `read_rows` reads again."""
    written = io.StringIO()
    table = csv.writer(written, delimiter="\t", lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([row.cells[column] for column in COLUMNS] for row in rows)
    return written.getvalue()


def write_left_out(rows: Iterable[tuple[PastedRow, str]]) -> str:
    """Return the rows with their lines and what is wrong, as `read_rows` reads them."""
    written = io.StringIO()
    table = csv.writer(written, delimiter="\t", lineterminator="\n")
    table.writerow(["line", *COLUMNS, "why"])
    for row, why in rows:
        table.writerow([row.line, *(row.cells[column] for column in COLUMNS), why])
    return written.getvalue()


def read_left_out(text: str) -> list[LeftOut]:
    """Return the lines that a run left out; early runs kept neither line nor why."""
    return [
        LeftOut(int(row.get("line") or 0), row["name"], row.get("why") or "")
        for row in csv.DictReader(io.StringIO(text), delimiter="\t")
    ]


def _cells(text: str) -> list[list[str]]:
    """Return the cells of every line that has any."""
    try:
        lines = [list(map(one_line, cells)) for cells in _split(text)]
    except csv.Error as error:
        raise UnreadableLinesError from error
    found = [cells for cells in lines if any(cells)]
    if not found:
        raise EmptyPasteError
    return found


def _split(text: str) -> Iterator[list[str]]:
    """Return the cells of every line, by tabs where it has one, else by commas.

    Under names of columns with tabs, a line without one is a single cell.
    """
    lines = io.StringIO(text, newline="")
    first = next((line for line in text.splitlines() if line.strip()), "")
    names = next(csv.reader([first], delimiter="\t"))
    only_tabs = len(names) > 1 and bool(_header(names))
    for line in lines:
        delimiter = "\t" if only_tabs or "\t" in line else ","
        # A quoted cell may go on in the next line.
        yield next(csv.reader(chain([line], lines), delimiter=delimiter))


def _header(cells: Sequence[str]) -> list[str]:
    """Return the columns that the cells name, "" for those we lack; or nothing."""
    columns = [COLUMN_OF_HEADER.get(one_line(cell).lower(), "") for cell in cells]
    return columns if "name" in columns else []


def _check_surplus(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    for line, cells in enumerate(lines, start=1):
        if any(cells[len(columns) :]):
            raise SurplusCellsError(line=line)


def _named(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    last = len(columns) - 1
    # What is too much is shown where it is refused.
    rest = ",".join(filter(None, cells[last:]))
    given = dict(zip(columns, [*cells[:last], rest], strict=False))
    return {column: given.get(column, "") for column in COLUMNS}
