"""Opening a channel together with its first code, or not at all."""

from datetime import datetime

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import channels, qrcodes
from wxchannels.channels.errors import TakenError
from wxchannels.channels.fields import ChannelFields
from wxchannels.channels.groups import group_paths
from wxchannels.channels.qrcodes import main_qrcode
from wxchannels.extensions import db
from wxchannels.models import Channel, Lifetime
from wxchannels.web.audit import is_noted, note
from wxchannels.web.auth.blueprint import me
from wxchannels.web.channels.asking import ask_wechat, explained_by_wechat
from wxchannels.web.channels.blueprint import bp
from wxchannels.web.channels.forms import MONTH, PERMANENT, NewChannelForm, Wanted
from wxchannels.web.errors import UNPROCESSABLE


@bp.get("/new")
def new() -> str:
    """Show the form; `like` fills it as another channel is."""
    like = request.args.get("like", type=int)
    if like is None:
        form = NewChannelForm(formdata=None, owner=me().email)
        return _show_form(form)
    channel = channels.get_channel(db.session(), g.account, like)
    code = main_qrcode(channel, clock.utcnow())
    is_temporary = code is not None and code.lifetime == Lifetime.TEMPORARY
    lifetime = MONTH if is_temporary else PERMANENT
    form = NewChannelForm.showing(channel, name="", lifetime=lifetime)
    return _show_form(form, like=channel)


@bp.post("/new")
def create() -> ResponseReturnValue:
    """Ask WeChat for the code, then keep channel and code in one go."""
    form = NewChannelForm()
    if form.validate():
        with explained_by_wechat(form):
            channel_id = _open_once(form, at=clock.utcnow())
            if request.form.get("then") == "another":
                return redirect(url_for(".new", like=channel_id))
            return redirect(url_for(".show", channel_id=channel_id))
    return _show_form(form), UNPROCESSABLE


def _open_once(form: NewChannelForm, *, at: datetime) -> int:
    session, fields = db.session(), form.fields()
    wanted, mark = form.wanted(), form.mark
    try:
        channel_id = _open(fields, wanted, mark, at=at)
    except TakenError:
        session.rollback()
        code = qrcodes.find_by_scene(session, g.account, wanted["scene"])
        # Sent twice, the form leads twice to the one channel.
        if code is None or not is_noted("channel.open", code.channel_id, form=mark):
            raise
        channel_id = code.channel_id
    flash(gettext("Channel created. Its code is ready."))
    return channel_id


def _open(fields: ChannelFields, wanted: Wanted, mark: str, *, at: datetime) -> int:
    session = db.session()
    channels.check_channel(session, g.account, fields)
    plan = qrcodes.plan_qrcode(session, g.account, **wanted)
    ticket = ask_wechat(plan)
    channel = channels.open_channel(session, g.account, fields, at=at)
    code = qrcodes.record_qrcode(session, channel, plan, ticket, at=at)
    note("channel.open", channel.id, at=at, form=mark)
    note("qrcode.issue", code.id, at=at, scene=code.scene)
    channel_id = channel.id
    session.commit()
    return channel_id


def _show_form(form: NewChannelForm, *, like: Channel | None = None) -> str:
    return render_template(
        "channels/new.html",
        form=form,
        like=like,
        groups=group_paths(db.session(), g.account),
    )
