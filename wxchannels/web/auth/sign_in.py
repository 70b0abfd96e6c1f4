"""In, out, and the password once more."""

import time

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from flask_security.utils import logout_user

from wxchannels.extensions import db
from wxchannels.people import phones, second_factor, users
from wxchannels.people.passwords import PasswordWrongError
from wxchannels.people.sign_in import SignInRefusedError
from wxchannels.web.auth import hashing
from wxchannels.web.auth.blueprint import bp, me, tries_limit
from wxchannels.web.auth.code import ask_for_code
from wxchannels.web.auth.entrance import find_entitled, let_in, settle
from wxchannels.web.auth.forms import SignInForm, VerifyForm
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.preferences import own_path
from wxchannels.web.refusals import refuse


@bp.get("/sign-in")
def login() -> ResponseReturnValue:
    """Show the form; whoever is in already goes on."""
    to = request.args.get("next", "")
    if current_user.is_authenticated:
        return redirect(own_path(to))
    return _show_form(SignInForm(formdata=None, next=to))


@bp.post("/sign-in")
@tries_limit
def enter() -> ResponseReturnValue:
    """Let in whoever knows an address and its password; some are asked for a code."""
    form = SignInForm()
    if not form.validate():
        return _show_form(form), UNPROCESSABLE
    user = find_entitled(form.email.data, form.password.data)
    if user is None:
        refuse(form, SignInRefusedError())
        return _show_form(form), UNPROCESSABLE
    stay, to = form.stay.data, form.next.data or ""
    if second_factor.is_on(user):
        return ask_for_code(user, stay=stay, to=to)
    return let_in(user, stay=stay, to=to)


@bp.post("/sign-out")
def logout() -> ResponseReturnValue:
    """End this session."""
    logout_user()
    session.clear()
    return redirect(url_for(".login"))


@bp.get("/sign-in/again")
def verify() -> ResponseReturnValue:
    """Ask for the password before something that guards the access is changed."""
    form = VerifyForm(formdata=None, next=request.args.get("next", ""))
    return render_template("auth/verify.html", form=form)


@bp.post("/sign-in/again")
@tries_limit
def verify_password() -> ResponseReturnValue:
    """Note that the person at the keyboard knows the password."""
    form, user = VerifyForm(), me()
    if form.validate():
        user_id, known = user.id, user.password
        if settle(user_id, right=hashing.is_right(known, form.password.data)):
            session["fs_paa"] = time.time()
            return redirect(own_path(form.next.data or ""))
        refuse(form, PasswordWrongError())
    return render_template("auth/verify.html", form=form), UNPROCESSABLE


def _show_form(form: SignInForm) -> str:
    return render_template(
        "auth/sign_in.html",
        form=form,
        is_new=users.is_empty(db.session()),
        phone_account=phones.find_account(db.session()),
    )
