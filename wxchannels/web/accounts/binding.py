"""How an account binds members of the customer's site to followers."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.web.accounts.blueprints import connection_bp
from wxchannels.web.accounts.forms import BindingForm
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE


@connection_bp.get("/binding-settings")
def edit_binding() -> str:
    """Show how it is done now."""
    return _show_form(BindingForm(formdata=None, obj=g.account))


@connection_bp.post("/binding-settings")
def change_binding() -> ResponseReturnValue:
    """Change it, for codes that are made from now on."""
    form = BindingForm()
    if not form.validate():
        return _show_form(form), UNPROCESSABLE
    form.populate_obj(g.account)
    note("account.binding", at=clock.utcnow())
    db.session.commit()
    flash(gettext("Saved."))
    return redirect(url_for(".edit_binding"))


def _show_form(form: BindingForm) -> str:
    return render_template("accounts/binding.html", form=form)
