"""Changing a channel."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import channels
from wxchannels.channels.groups import group_paths
from wxchannels.extensions import db
from wxchannels.models import Channel
from wxchannels.web.audit import note
from wxchannels.web.channels.blueprint import ONE, UNPROCESSABLE, bp
from wxchannels.web.channels.forms import DetailsForm
from wxchannels.web.refusals import explained


@bp.get(f"{ONE}/edit")
def edit(channel_id: int) -> str:
    """Show the form, filled in."""
    channel = channels.get_channel(db.session(), g.account, channel_id)
    return _show_form(DetailsForm.showing(channel), channel)


@bp.post(f"{ONE}/edit")
def update(channel_id: int) -> ResponseReturnValue:
    """Change the channel as the form says."""
    session, form = db.session(), DetailsForm()
    channel = channels.get_channel(session, g.account, channel_id)
    if form.validate():
        with explained(form):
            channels.edit_channel(session, channel, form.fields())
            note("channel.edit", channel.id, at=clock.utcnow())
            session.commit()
            flash(gettext("Saved."))
            return redirect(url_for(".show", channel_id=channel_id))
    return _show_form(form, channel), UNPROCESSABLE


def _show_form(form: DetailsForm, channel: Channel) -> str:
    groups = group_paths(db.session(), g.account)
    return render_template(
        "channels/edit.html", form=form, channel=channel, groups=groups
    )
