"""The one-time link with which people set their password."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.people import links, passwords, phones
from wxchannels.web.auth import hashing
from wxchannels.web.auth.blueprint import bp
from wxchannels.web.auth.forms import NewPasswordForm
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained


@bp.get("/password/<secret>")
def reset_password(secret: str) -> ResponseReturnValue:
    """Show the form to whoever has a good link."""
    user = links.get_user_by_link(db.session(), secret, at=clock.utcnow())
    form = NewPasswordForm(formdata=None)
    return render_template("auth/invitation.html", form=form, email=user.email)


@bp.post("/password/<secret>")
def use_link(secret: str) -> ResponseReturnValue:
    """Set the password and use the link up."""
    form, now = NewPasswordForm(), clock.utcnow()
    email = links.get_user_by_link(db.session(), secret, at=now).email
    if form.validate():
        with explained(form):
            new = hashing.make_hash(form.new_password.data, email=email)
            user = links.get_user_by_link(db.session(), secret, at=now)
            passwords.set_password(db.session(), user, user, new, at=now)
            # Whoever needs a link lost the access; another may have bound a WeChat.
            phones.unbind(db.session(), user, user, at=now)
            db.session.commit()
            flash(gettext("The password is set. Sign in with it."))
            return redirect(url_for(".login"))
    page = render_template("auth/invitation.html", form=form, email=email)
    return page, UNPROCESSABLE
