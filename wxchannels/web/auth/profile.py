"""What people see and change about themselves."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.people import phones, second_factor, sessions
from wxchannels.web.auth.blueprint import bp, me
from wxchannels.web.auth.entrance import begin_session
from wxchannels.web.auth.forms import ProfileForm
from wxchannels.web.auth.language import remember_language
from wxchannels.web.errors import UNPROCESSABLE


@bp.get("/profile")
def profile() -> ResponseReturnValue:
    """Show who one is here, and where one is signed in."""
    user = me()
    form = ProfileForm(formdata=None, name=user.name, locale=user.locale or "")
    return _show_form(form)


@bp.post("/profile")
def change_profile() -> ResponseReturnValue:
    """Change the name and the language."""
    form, user = ProfileForm(), me()
    if not form.validate():
        return _show_form(form), UNPROCESSABLE
    user.name = form.name.data.strip()
    user.locale = form.locale.data or None
    db.session.commit()
    flash(gettext("Saved."))
    return remember_language(redirect(url_for(".profile")), form.locale.data)


@bp.post("/profile/sessions/end")
def end_other_sessions() -> ResponseReturnValue:
    """Sign out every browser but this one."""
    user, stay = me(), session.permanent
    sessions.end_sessions(db.session(), user)
    db.session.commit()
    session.permanent = stay
    begin_session(user, knows_password=False)
    flash(gettext("All other browsers are signed out."))
    return redirect(url_for(".profile"))


def _show_form(form: ProfileForm) -> str:
    user = me()
    return render_template(
        "auth/profile.html",
        form=form,
        asks_for_code=second_factor.is_on(user),
        phone_account=phones.find_account(db.session()),
        phone_bound_at=phones.bound_at(db.session(), user),
        sessions=sessions.list_sessions(db.session(), user, now=clock.utcnow()),
    )
