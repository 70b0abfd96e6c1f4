"""What people read where their channel has no reply of its own."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wxchannels import clock
from wxchannels.accounts import greetings
from wxchannels.channels.replies import AUDIENCES
from wxchannels.extensions import db
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import refuse
from wxchannels.web.replies.blueprint import bp
from wxchannels.web.replies.forms import DefaultsForm
from wxchannels.web.replies.undoing import look, offer_before
from wxchannels.web.reply_form import fields_of


@bp.get("")
def edit() -> str:
    """Show the replies of the three audiences side by side."""
    stored = {name: fields_of(getattr(g.account, name)) for name in AUDIENCES}
    return _show_form(DefaultsForm(formdata=None, **stored))


@bp.post("")
def change() -> ResponseReturnValue:
    """Change them; an empty one means that nothing is answered."""
    session, form, account = db.session(), DefaultsForm(), g.account
    before = look()
    given = {name: form[name].form.given() for name in AUDIENCES}
    for problem in greetings.change_replies(account, given):
        refuse(form, problem)
    if form.errors:
        session.rollback()
        return _show_form(form), UNPROCESSABLE
    note("account.replies", at=clock.utcnow())
    session.commit()
    offer_before(before)
    return redirect(url_for(".edit"))


def _show_form(form: DefaultsForm) -> str:
    return render_template("replies/defaults.html", form=form)
