"""A run on its way, and what came out.

A worker makes the codes. Where none is there, the page does, a little with every
request.
"""

from datetime import timedelta
from operator import itemgetter

from flask import (
    Response,
    current_app,
    flash,
    g,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import bulk, issuing
from wxchannels.channels.paste import LeftOut, read_left_out
from wxchannels.extensions import db
from wxchannels.models import BulkRow, BulkRowState, BulkRun, QRCodeState
from wxchannels.outbox import standing
from wxchannels.reports.export import Cell
from wxchannels.web import fragments
from wxchannels.web.bulk.blueprint import ONE, bp
from wxchannels.web.channels.downloads import csv_response, zip_response
from wxchannels.web.wechat import client_for, explain, explain_code
from wxchannels.web.work_words import explain_task
from wxchannels.wechat.errors import WeChatError

#: How long one request goes on asking WeChat: a page that moves is a page alive.
SLICE = timedelta(seconds=2)
LATEST_DONE, NEXT_PENDING = 5, 3


@bp.get(ONE)
def show(run_id: int) -> Response:
    """Show how far the run is; to htmx only that, and a finished run as a page."""
    session, now = db.session(), clock.utcnow()
    run = bulk.get_run(session, g.account, run_id)
    is_manned = standing.is_manned(session, now=now)
    response = fragments.answer(
        "bulk/run.html",
        "bulk/_progress.html",
        run=run,
        progress=bulk.progress(session, run),
        rows=_latest(run),
        refused=bulk.list_rows(session, run, BulkRowState.REFUSED),
        left_out=read_left_out(run.left_out),
        explain_row=explain_row,
        is_paused="paused" in request.args,
        work=bulk.find_work(session, run),
        explain_task=explain_task,
        is_driven=is_manned or (run.leased_until or now) > now,
    )
    if fragments.wants_part() and run.finished_at:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post(f"{ONE}/continue")
def go_on(run_id: int) -> ResponseReturnValue:
    """Put the run in line; without a worker, make the codes of two seconds here."""
    session, now = db.session(), clock.utcnow()
    run = bulk.get_run(session, g.account, run_id)
    bulk.put_in_line(session, run, at=now)
    wechat = client_for(g.account)
    is_manned = standing.is_manned(session, now=now)
    is_mine = not is_manned and bulk.take_lease(session, run, now=now)
    session.commit()
    try:
        if is_mine:
            issuing.issue_some(session, wechat, run_id, most=SLICE, now=clock.utcnow)
    except WeChatError as error:
        flash(explain(error), "error")
        return redirect(url_for(".show", run_id=run_id, paused=1), code=303)
    return redirect(url_for(".show", run_id=run_id), code=303)


@bp.post(f"{ONE}/again")
def try_again(run_id: int) -> ResponseReturnValue:
    """Put what WeChat refused back in line."""
    run = bulk.get_run(db.session(), g.account, run_id)
    bulk.try_again(db.session(), run, at=clock.utcnow())
    db.session.commit()
    return redirect(url_for(".show", run_id=run_id))


@bp.get(f"{ONE}/codes.zip")
def download_codes(run_id: int) -> Response:
    """Give the pictures of the run, named like their channels."""
    run = bulk.get_run(db.session(), g.account, run_id)
    channels = bulk.list_channels(db.session(), run)
    return zip_response(channels, f"qrcodes-{run_id}")


@bp.get(f"{ONE}/result.csv")
def download_result(run_id: int) -> Response:
    """Give what came out of every row, for a spreadsheet."""
    header = [gettext("Line"), gettext("Channel"), gettext("Scene"), gettext("State")]
    header += [gettext("Picture"), gettext("Why")]
    session = db.session()
    run = bulk.get_run(session, g.account, run_id)
    made = bulk.list_rows(session, run)
    rows = [(row.position + 1, _described(row)) for row in made]
    left_out = read_left_out(run.left_out)
    rows += [(row.line, _described_left_out(row)) for row in left_out]
    by_line = [cells for _, cells in sorted(rows, key=itemgetter(0))]
    return csv_response([header, *by_line], f"result-{run_id}")


def explain_row(row: BulkRow) -> str:
    """Return why WeChat refused the row and what to do, in the reader's language."""
    return explain_code(row.errcode or 0, row.error)


def _latest(run: BulkRun) -> list[BulkRow]:
    """Return the rows around the point that the run has reached."""
    session, done = db.session(), (BulkRowState.DONE, BulkRowState.REFUSED)
    before = bulk.list_rows(session, run, *done, limit=LATEST_DONE, newest=True)
    after = bulk.list_rows(session, run, BulkRowState.PENDING, limit=NEXT_PENDING)
    return [*reversed(before), *after]


def _described_left_out(row: LeftOut) -> list[Cell]:
    return [row.line or "", row.name, "", gettext("Left out"), "", row.why]


def _described(row: BulkRow) -> list[Cell]:
    code = row.qrcode
    is_issued = code.state != QRCodeState.PENDING
    path = url_for("pictures.show", slug=g.account.slug, name=f"{code.scene}.png")
    return [
        row.position + 1,
        code.channel.name,
        code.scene,
        gettext("Made") if is_issued else gettext("Not made"),
        f"{current_app.config['BASE_URL']}{path}" if is_issued else "",
        explain_row(row) if row.state == BulkRowState.REFUSED else "",
    ]
