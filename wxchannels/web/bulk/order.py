"""Pasting a table, checking it row by row, and ordering what is good."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wxchannels import clock
from wxchannels.channels import bulk
from wxchannels.channels.check import CheckedRow, check_rows
from wxchannels.channels.errors import TakenError
from wxchannels.channels.groups import group_paths
from wxchannels.channels.paste import (
    COLUMNS,
    PastedRow,
    decode_table,
    read_rows,
    write_left_out,
    write_rows,
)
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.web.auth.blueprint import me
from wxchannels.web.bulk.blueprint import bp
from wxchannels.web.channels.blueprint import colleagues
from wxchannels.web.channels.downloads import csv_response
from wxchannels.web.channels.words import COLUMN_NAMES
from wxchannels.web.errors import UNPROCESSABLE, sentence_of

#: What lines that leave a column empty take from the form.
DEFAULTS = ("group", "tags", "owner", "lifetime")
LATEST_RUNS = 5
#: A thousand lines of Chinese; the rest of the application needs less.
MOST_BYTES = 2 * 1024 * 1024
MOST_PARTS = 10_000


@bp.url_value_preprocessor
def allow_long_tables(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let a thousand lines through, each with cells to correct.

    Said before the application looks for the form's token, which reads the form.
    """
    del endpoint, values
    request.max_form_memory_size = MOST_BYTES
    request.max_form_parts = MOST_PARTS


@bp.get("")
def new() -> str:
    """Show where lines are pasted; `left` brings back what a run left out."""
    left = request.args.get("left", type=int)
    run = bulk.get_run(db.session(), g.account, left) if left else None
    return _show_paste(lines=run.left_out if run else "")


@bp.post("")
def check() -> ResponseReturnValue:
    """Show what would be made of the lines; nothing is made, WeChat is not asked."""
    try:
        rows = _pasted()
    except DomainError as error:
        lines = request.form.get("lines", "")
        return _show_paste(lines=lines, error=sentence_of(error)), UNPROCESSABLE
    return _show_check(check_rows(db.session(), g.account, rows))


@bp.post("/start")
def start() -> ResponseReturnValue:
    """Order what is good and keep what is not for correction; or check again."""
    session = db.session()
    rows = check_rows(session, g.account, _corrected())
    good = [row for row in rows if row.is_good]
    if request.form.get("do") != "start":
        return _show_check(rows), 200 if good else UNPROCESSABLE
    bad = [(row.row, _why(row)) for row in rows if not row.is_good]
    if good:
        try:
            return _lead_to(_start(good, write_left_out(bad) if bad else ""))
        except TakenError:
            # Somebody took a name or a scene since the check: it will show which.
            session.rollback()
            rows = check_rows(session, g.account, _corrected())
    run_id = bulk.find_run_of(session, g.account, me(), rows, now=clock.utcnow())
    # Sent twice, the form leads twice to the one run.
    return _lead_to(run_id) if run_id else (_show_check(rows), UNPROCESSABLE)


@bp.get("/template.csv")
def download_template() -> Response:
    """Give an empty table with the names of the columns."""
    return csv_response([[str(COLUMN_NAMES[name]) for name in COLUMNS]], "channels")


def _lead_to(run_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", run_id=run_id))


def _start(rows: Sequence[CheckedRow], left_out: str) -> int:
    session = db.session()
    run = bulk.start_run(
        session, g.account, me(), rows, left_out=left_out, at=clock.utcnow()
    )
    run_id = run.id
    session.commit()
    return run_id


def _why(row: CheckedRow) -> str:
    return " ".join(sentence_of(error) for error in row.errors.values())


def _pasted() -> list[PastedRow]:
    """Return the lines from the field or the file, empty cells filled in."""
    file = request.files.get("file")
    content = file.read() if file else b""
    text = decode_table(content) if content else request.form.get("lines", "")
    defaults = {name: request.form.get(name, "") for name in DEFAULTS}
    return [
        replace(row, cells={c: row.cells[c] or defaults.get(c, "") for c in COLUMNS})
        for row in read_rows(text)
    ]


def _corrected() -> list[PastedRow]:
    """Return the checked lines with what was typed into their cells since."""
    try:
        rows = read_rows(request.form.get("lines", ""))
    except DomainError:
        abort(400)
    return [
        replace(
            row,
            cells={
                column: request.form.get(f"{column}-{row.line}", row.cells[column])
                for column in COLUMNS
            },
        )
        for row in rows
    ]


def _show_paste(*, lines: str, error: str = "") -> str:
    session = db.session()
    return render_template(
        "bulk/paste.html",
        lines=lines,
        error=error,
        groups=group_paths(session, g.account),
        colleagues=colleagues(),
        runs=[
            (run, bulk.progress(session, run))
            for run in bulk.list_runs(session, g.account, limit=LATEST_RUNS)
        ],
    )


def _show_check(rows: Sequence[CheckedRow]) -> str:
    return render_template(
        "bulk/check.html",
        rows=rows,
        good=sum(row.is_good for row in rows),
        lines=write_rows([row.row for row in rows]),
        columns=COLUMNS,
        names=COLUMN_NAMES,
        sentence_of=sentence_of,
    )
