"""Turning the second step of signing in on and off."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.people import second_factor
from wxchannels.people.sign_in import CodeRefusedError
from wxchannels.web.auth import totp
from wxchannels.web.auth.blueprint import ask_again, bp, is_fresh, me
from wxchannels.web.auth.forms import CodeForm
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import refuse

#: Where the session keeps a secret until the app has proved that it has it too; sealed,
#: as Flask-Security makes it.
NEW_SECRET = "new_secret"  # noqa: S105 - the name, not the secret


@bp.get("/profile/second-factor")
def two_factor_setup() -> ResponseReturnValue:
    """Show the picture an authenticator app scans, or that codes are asked for."""
    if not is_fresh(clock.utcnow()):
        return ask_again()
    return _show_form(CodeForm(formdata=None))


@bp.post("/profile/second-factor")
def turn_on_codes() -> ResponseReturnValue:
    """Ask for codes from now on, once the app has shown a right one."""
    form, user, secret = CodeForm(), me(), session.get(NEW_SECRET)
    if secret is None or not is_fresh(clock.utcnow()):
        return redirect(url_for(".two_factor_setup"))
    if form.validate() and totp.is_right(user, secret, form.code.data):
        second_factor.turn_on(db.session(), user, secret, at=clock.utcnow())
        db.session.commit()
        session.pop(NEW_SECRET)
        flash(gettext("Signing in now asks for a code as well."))
        return redirect(url_for(".profile"))
    if not form.errors:
        refuse(form, CodeRefusedError())
    return _show_form(form), UNPROCESSABLE


@bp.post("/profile/second-factor/off")
def turn_off_codes() -> ResponseReturnValue:
    """Ask for the password only."""
    if not is_fresh(clock.utcnow()):
        return redirect(url_for(".two_factor_setup"))
    second_factor.turn_off(db.session(), me(), me(), at=clock.utcnow())
    db.session.commit()
    flash(gettext("Signing in asks for the password only."))
    return redirect(url_for(".profile"))


def _show_form(form: CodeForm) -> str:
    user = me()
    if second_factor.is_on(user):
        return render_template("auth/second_factor.html", form=None)
    if NEW_SECRET not in session:
        session[NEW_SECRET] = totp.codes().generate_totp_secret()
    app = totp.codes().fetch_setup_values(session[NEW_SECRET], user)
    return render_template("auth/second_factor.html", form=form, app=app)
