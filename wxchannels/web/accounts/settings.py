"""Changing the settings of an account."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.accounts.connection import Connection, time_zones
from wxchannels.extensions import db
from wxchannels.web.accounts.asking import check_token
from wxchannels.web.accounts.blueprints import connection_bp
from wxchannels.web.accounts.forms import ConnectionForm
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained, refuse


@connection_bp.get("/settings")
def edit() -> str:
    """Show the settings, without any secret."""
    return _show_form(ConnectionForm.showing(g.account))


@connection_bp.post("/settings")
def change() -> ResponseReturnValue:
    """Change them; what is left empty stays as it is."""
    form, account = ConnectionForm(), g.account
    entered = form.entered()
    for problem in accounts.edit_problems(db.session(), account, entered):
        refuse(form, problem)
    if not form.errors:
        with explained(form):
            _edit(entered)
            if account.token_checked_at is None:
                check_token(account)
            flash(gettext("Saved."))
            return redirect(url_for(".edit"))
    return _show_form(form), UNPROCESSABLE


def _edit(entered: Connection) -> None:
    session, account, now = db.session(), g.account, clock.utcnow()
    changed = accounts.list_changes(account, entered)
    accounts.edit_account(session, account, entered, at=now)
    note("account.edit", account.id, at=now, settings=changed)
    session.commit()


def _show_form(form: ConnectionForm) -> str:
    return render_template(
        "accounts/settings.html", form=form, time_zones=sorted(time_zones())
    )
