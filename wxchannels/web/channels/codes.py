"""The codes of a channel: another one, a new one for an old one, on and off."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import channels, qrcodes
from wxchannels.channels.bulk import request_of
from wxchannels.channels.qrcodes import QRCodePlan, SceneTakenError
from wxchannels.errors import NotFoundError
from wxchannels.extensions import db
from wxchannels.models import Channel, QRCode, QRCodeState
from wxchannels.web.audit import is_noted, note
from wxchannels.web.channels.asking import ask_wechat, explained_by_wechat
from wxchannels.web.channels.blueprint import (
    CODE,
    ONE,
    bp,
)
from wxchannels.web.channels.forms import CodeForm, Wanted
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import told, told_by_wechat
from wxchannels.web.undoing import offer_undo


@bp.get(f"{ONE}/qrcodes/new")
def new_code(channel_id: int) -> str:
    """Show the form for another code."""
    channel = channels.get_channel(db.session(), g.account, channel_id)
    return _show_form(CodeForm(formdata=None), channel)


@bp.post(f"{ONE}/qrcodes/new")
def issue_code(channel_id: int) -> ResponseReturnValue:
    """Have WeChat make another code, in place of the others if that is ticked."""
    form = CodeForm()
    channel = channels.get_channel(db.session(), g.account, channel_id)
    if form.validate():
        with explained_by_wechat(form):
            _issue_once(form, channel, at=clock.utcnow())
            return redirect(url_for(".show", channel_id=channel_id))
    return _show_form(form, channel), UNPROCESSABLE


@bp.post(f"{CODE}/issue")
def issue_pending(channel_id: int, qrcode_id: int) -> ResponseReturnValue:
    """Ask WeChat again for a code that is still waiting."""
    plan = QRCodePlan(request=request_of(_code(channel_id, qrcode_id)))
    with told_by_wechat():
        _issue_pending(plan, channel_id, qrcode_id, at=clock.utcnow())
        flash(gettext("The code is ready."))
    return redirect(url_for(".show", channel_id=channel_id))


@bp.post(f"{CODE}/disable")
def disable_code(channel_id: int, qrcode_id: int) -> ResponseReturnValue:
    """Have the code answered as if it were nobody's; offer to take that back."""
    code = _code(channel_id, qrcode_id)
    back = url_for(".enable_code", channel_id=channel_id, qrcode_id=qrcode_id)
    # From an old page it may be the second time: then there is nothing to take back.
    if code.state != QRCodeState.DISABLED:
        with told():
            _switch(code, qrcodes.disable_qrcode, "qrcode.disable")
            offer_undo(gettext("The code is disabled. Its scans still count."), back)
    return redirect(url_for(".show", channel_id=channel_id))


@bp.post(f"{CODE}/enable")
def enable_code(channel_id: int, qrcode_id: int) -> ResponseReturnValue:
    """Have the code answered with its channel's replies again."""
    code = _code(channel_id, qrcode_id)
    with told():
        _switch(code, qrcodes.enable_qrcode, "qrcode.enable")
        flash(gettext("The code is enabled."))
    return redirect(url_for(".show", channel_id=channel_id))


def _issue_once(form: CodeForm, channel: Channel, *, at: datetime) -> None:
    session, channel_id = db.session(), channel.id
    qrcodes.check_is_open(channel)
    wanted = form.wanted(label=form.label.data or "")
    try:
        _issue(form, channel_id, wanted, at=at)
    except SceneTakenError:
        session.rollback()
        code = qrcodes.find_by_scene(session, g.account, wanted["scene"])
        # Sent twice, the form leads twice to the one code.
        if code is None or not is_noted("qrcode.issue", code.id, form=form.mark):
            raise
    flash(gettext("The new code is ready."))


def _issue(form: CodeForm, channel_id: int, wanted: Wanted, *, at: datetime) -> None:
    session = db.session()
    plan = qrcodes.plan_qrcode(session, g.account, **wanted)
    ticket = ask_wechat(plan)
    channel = channels.get_channel(session, g.account, channel_id)
    if form.replaces.data:
        for code in channel.qrcodes:
            if code.state == QRCodeState.ACTIVE:
                qrcodes.disable_qrcode(code)
                note("qrcode.disable", code.id, at=at, scene=code.scene)
    code = qrcodes.record_qrcode(session, channel, plan, ticket, at=at)
    note("qrcode.issue", code.id, at=at, scene=code.scene, form=form.mark)
    session.commit()


def _issue_pending(
    plan: QRCodePlan, channel_id: int, qrcode_id: int, *, at: datetime
) -> None:
    ticket = ask_wechat(plan)
    code = _code(channel_id, qrcode_id)
    if code.state == QRCodeState.PENDING:
        qrcodes.mark_issued(code, ticket, at=at)
        note("qrcode.issue", code.id, at=at, scene=code.scene)
    db.session.commit()


def _switch(code: QRCode, switch: Callable[[QRCode], None], action: str) -> None:
    switch(code)
    note(action, code.id, at=clock.utcnow(), scene=code.scene)
    db.session.commit()


def _code(channel_id: int, qrcode_id: int) -> QRCode:
    code = qrcodes.get_qrcode(db.session(), g.account, qrcode_id)
    if code.channel_id != channel_id:
        raise NotFoundError
    return code


def _show_form(form: CodeForm, channel: Channel) -> str:
    return render_template("channels/new_code.html", form=form, channel=channel)
