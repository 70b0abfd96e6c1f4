"""A run on its way: a little further with every request, and what came out."""

from datetime import timedelta

from flask import (
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import bulk, refusals
from wxchannels.channels.bulk import Order
from wxchannels.extensions import db
from wxchannels.models import BulkRow, BulkRowState, BulkRun, QRCodeState
from wxchannels.reports.export import Cell
from wxchannels.web.bulk.blueprint import ONE, bp
from wxchannels.web.channels.downloads import csv_response, zip_response
from wxchannels.web.wechat import client_for, explain, explain_code
from wxchannels.wechat.client import WeChatClient
from wxchannels.wechat.errors import WeChatError, WeChatRefusedError

#: How long one request goes on asking WeChat: a page that moves is a page alive.
SLICE = timedelta(seconds=2)
LATEST_DONE, NEXT_PENDING = 5, 3


@bp.get(ONE)
def show(run_id: int) -> Response:
    """Show how far the run is; to htmx only that, and a finished run as a page."""
    session = db.session()
    run = bulk.get_run(session, g.account, run_id)
    is_part = "HX-Request" in request.headers
    page = render_template(
        "bulk/_progress.html" if is_part else "bulk/run.html",
        run=run,
        progress=bulk.progress(session, run),
        rows=_latest(run),
        refused=bulk.list_rows(session, run, BulkRowState.REFUSED),
        explain_row=explain_row,
        is_paused="paused" in request.args,
        is_driven=run.leased_until is not None and run.leased_until > clock.utcnow(),
    )
    response = make_response(page)
    response.vary.add("HX-Request")
    if is_part and run.finished_at:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post(f"{ONE}/continue")
def go_on(run_id: int) -> ResponseReturnValue:
    """Ask WeChat for the next codes, for two seconds; then show how far it is."""
    session = db.session()
    run = bulk.get_run(session, g.account, run_id)
    wechat = client_for(g.account)
    is_mine = bulk.take_lease(session, run, now=clock.utcnow())
    session.commit()
    error = _issue(run_id, wechat) if is_mine else None
    if error is None:
        return redirect(url_for(".show", run_id=run_id), code=303)
    flash(explain(error), "error")
    return redirect(url_for(".show", run_id=run_id, paused=1), code=303)


@bp.post(f"{ONE}/again")
def try_again(run_id: int) -> ResponseReturnValue:
    """Put what WeChat refused back in line."""
    run = bulk.get_run(db.session(), g.account, run_id)
    bulk.try_again(db.session(), run)
    db.session.commit()
    return redirect(url_for(".show", run_id=run_id))


@bp.get(f"{ONE}/codes.zip")
def download_codes(run_id: int) -> Response:
    """Give the pictures of the run, named like their channels."""
    rows = _all_rows(run_id)
    return zip_response([row.qrcode.channel for row in rows], f"qrcodes-{run_id}")


@bp.get(f"{ONE}/result.csv")
def download_result(run_id: int) -> Response:
    """Give what came out of every row, for a spreadsheet."""
    header = [gettext("Line"), gettext("Channel"), gettext("Scene"), gettext("State")]
    header += [gettext("Picture"), gettext("Why")]
    rows = [_described(row) for row in _all_rows(run_id)]
    return csv_response([header, *rows], f"result-{run_id}")


def explain_row(row: BulkRow) -> str:
    """Return why WeChat refused the row and what to do, in the reader's language."""
    return explain_code(row.errcode or 0, row.error)


def _issue(run_id: int, wechat: WeChatClient) -> WeChatError | None:
    """Ask for one code after the other; return what stopped the run, if anything."""
    session, end = db.session(), clock.utcnow() + SLICE
    stopped: WeChatError | None = None
    while stopped is None and clock.utcnow() < end:
        order = bulk.next_order(session, run_id, now=clock.utcnow())
        session.commit()
        if order is None:
            return None
        stopped = _issue_one(order, wechat)
    bulk.release_lease(session, run_id)
    session.commit()
    return stopped


def _issue_one(order: Order, wechat: WeChatClient) -> WeChatError | None:
    session, at = db.session(), clock.utcnow()
    try:
        ticket = wechat.create_qrcode(order.request)
    except WeChatRefusedError as error:
        if not refusals.is_about_the_row(error):
            return error
        bulk.record_refused(session, order, error)
    except WeChatError as error:
        return error
    else:
        bulk.record_issued(session, order, ticket, at=at)
    session.commit()
    return None


def _latest(run: BulkRun) -> list[BulkRow]:
    """Return the rows around the point that the run has reached."""
    session, done = db.session(), (BulkRowState.DONE, BulkRowState.REFUSED)
    before = bulk.list_rows(session, run, *done, limit=LATEST_DONE, newest=True)
    after = bulk.list_rows(session, run, BulkRowState.PENDING, limit=NEXT_PENDING)
    return [*reversed(before), *after]


def _all_rows(run_id: int) -> list[BulkRow]:
    session = db.session()
    return list(bulk.list_rows(session, bulk.get_run(session, g.account, run_id)))


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
