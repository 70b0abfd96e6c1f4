"""Changing a channel."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import channels, undoing
from wxchannels.channels.groups import group_paths
from wxchannels.extensions import db
from wxchannels.models import Channel
from wxchannels.web.audit import note
from wxchannels.web.channels.blueprint import ONE, OWN_PAGE, bp
from wxchannels.web.channels.forms import DetailsForm
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained
from wxchannels.web.undoing import offer_back


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
            _edit(channel, form)
            return redirect(url_for(".show", channel_id=channel_id))
    return _show_form(form, channel), UNPROCESSABLE


def _edit(channel: Channel, form: DetailsForm) -> None:
    session = db.session()
    before = undoing.look(session, [channel])
    channels.edit_channel(session, channel, form.fields())
    changes = undoing.compare(before, undoing.look(session, [channel]))
    note("channel.edit", channel.id, at=clock.utcnow())
    session.commit()
    page = {"view": OWN_PAGE, "id": channel.id}
    offer_back(gettext("Saved."), changes, "channels.undo", **page)


def _show_form(form: DetailsForm, channel: Channel) -> str:
    groups = group_paths(db.session(), g.account)
    return render_template(
        "channels/edit.html", form=form, channel=channel, groups=groups
    )
