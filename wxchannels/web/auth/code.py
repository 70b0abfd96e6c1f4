"""The second step of signing in."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.models import User
from wxchannels.people import sessions, users
from wxchannels.people.sign_in import CodeRefusedError
from wxchannels.web.auth import totp
from wxchannels.web.auth.blueprint import bp, tries_limit
from wxchannels.web.auth.entrance import let_in, settle
from wxchannels.web.auth.forms import CodeForm
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import refuse

#: How long a right password waits for its code.
WAITS_FOR = timedelta(minutes=5)
#: Where the session keeps who has shown a password and owes a code.
HALF_IN = "half_in"


def ask_for_code(
    user: User, *, stay: bool, to: str, knows_password: bool = True
) -> Response:
    """Remember that the first step was right and ask for the code."""
    until = (clock.utcnow() + WAITS_FOR).timestamp()
    name = user.fs_uniquifier
    session[HALF_IN] = {
        "user": name,
        "until": until,
        "stay": stay,
        "to": to,
        "knows_password": knows_password,
    }
    return redirect(url_for("security.two_factor_token_validation"))


@bp.get("/sign-in/code")
def two_factor_token_validation() -> ResponseReturnValue:
    """Show the form for the code."""
    if _half_in() is None:
        return redirect(url_for(".login"))
    return render_template("auth/code.html", form=CodeForm(formdata=None))


@bp.post("/sign-in/code")
@tries_limit
def check_code() -> ResponseReturnValue:
    """Let in whoever shows the code that belongs to the password."""
    form, half = CodeForm(), _half_in()
    if half is None:
        return redirect(url_for(".login"))
    if form.validate():
        user = _whose_code_it_is(half["user"], form.code.data)
        if user is not None:
            return let_in(
                user,
                stay=half["stay"],
                to=half["to"],
                knows_password=half["knows_password"],
            )
        refuse(form, CodeRefusedError())
    return render_template("auth/code.html", form=form), UNPROCESSABLE


def _half_in() -> dict[str, Any] | None:
    half: dict[str, Any] | None = session.get(HALF_IN)
    if half is None or clock.utcnow().timestamp() >= half["until"]:
        return None
    return half


def _whose_code_it_is(name: str, code: str) -> User | None:
    found = sessions.find_user_id(db.session(), name)
    if found is None:
        return None
    # Locked until the commit: of two tries with one code only the first is good.
    user = users.get_user(db.session(), found)
    secret = user.tf_totp_secret
    right = secret is not None and totp.is_right(user, secret, code)
    return user if settle(user.id, right=right) else None
