"""What people read where their channel has no reply of its own."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.accounts import greetings
from wxchannels.channels.replies import AUDIENCES, text_of
from wxchannels.extensions import db
from wxchannels.people import audit
from wxchannels.web.accounts.blueprints import UNPROCESSABLE, replies_bp
from wxchannels.web.accounts.forms import RepliesForm
from wxchannels.web.auth.blueprint import me
from wxchannels.web.refusals import refuse


@replies_bp.get("")
def edit() -> str:
    """Show the replies of the three audiences side by side."""
    texts = {name: text_of(getattr(g.account, name)) for name in AUDIENCES}
    return _show_form(RepliesForm(formdata=None, **texts))


@replies_bp.post("")
def change() -> ResponseReturnValue:
    """Change them; an empty one means that nothing is answered."""
    session, form, account = db.session(), RepliesForm(), g.account
    texts = {name: form[name].data or "" for name in AUDIENCES}
    for problem in greetings.change_replies(account, texts):
        refuse(form, problem)
    if form.errors:
        session.rollback()
        return _show_form(form), UNPROCESSABLE
    audit.note(session, me(), "account.replies", account=account, at=clock.utcnow())
    session.commit()
    flash(gettext("Saved."))
    return redirect(url_for(".edit"))


def _show_form(form: RepliesForm) -> str:
    return render_template("accounts/replies.html", form=form)
