"""Changing one's password."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.models import User
from wxchannels.people import passwords
from wxchannels.people.passwords import PasswordUnchangedError, PasswordWrongError
from wxchannels.web.auth import hashing
from wxchannels.web.auth.blueprint import bp, me
from wxchannels.web.auth.entrance import begin_session, settle
from wxchannels.web.auth.forms import ChangePasswordForm
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained


@bp.get("/profile/password")
def change_password() -> ResponseReturnValue:
    """Show the form."""
    return render_template("auth/password.html", form=ChangePasswordForm(formdata=None))


@bp.post("/profile/password")
def set_password() -> ResponseReturnValue:
    """Change the password; all other browsers are signed out."""
    form, user = ChangePasswordForm(), me()
    if form.validate():
        with explained(form):
            new = _new_hash(user, form.password.data, form.new_password.data)
            passwords.set_password(db.session(), user, user, new, at=clock.utcnow())
            db.session.commit()
            begin_session(user, knows_password=True)
            flash(gettext("The password is changed. Other browsers are signed out."))
            return redirect(url_for(".profile"))
    return render_template("auth/password.html", form=form), UNPROCESSABLE


def _new_hash(user: User, typed: str, wanted: str) -> str:
    user_id, email, known = user.id, user.email, user.password
    if not settle(user_id, right=hashing.is_right(known, typed)):
        raise PasswordWrongError
    if typed == wanted:
        raise PasswordUnchangedError
    return hashing.make_hash(wanted, email=email)
