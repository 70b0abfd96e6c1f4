"""The moment of coming in: a new session, tied to the user."""

from typing import Any

from flask import current_app, redirect, request, session
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.models import User
from wxchannels.people import sign_in, users
from wxchannels.web.auth import hashing
from wxchannels.web.auth.language import remember_language
from wxchannels.web.preferences import own_path
from wxchannels.web.sessions import forget_expired


def find_entitled(email: str, password: str) -> User | None:
    """Return whose e-mail address and password these are, unless locked or disabled.

    Takes as long and writes as much when there is no such user.
    """
    user = users.find_user(db.session(), email)
    user_id, known = (user.id, user.password) if user else (None, None)
    right = hashing.is_right(known, password)
    return user if settle(user_id, right=right) else None


def settle(user_id: int | None, *, right: bool) -> bool:
    """Say whether a try is good; a bad one is counted and written down, for good."""
    database, now = db.session(), clock.utcnow()
    user = None if user_id is None else users.get_user(database, user_id)
    good = user is not None and sign_in.settle(database, user, right=right, at=now)
    if not good:
        address = request.remote_addr or ""
        sign_in.note_refusal(database, user, address, at=now)
    database.commit()
    return good


def let_in(user: User, *, stay: bool, to: str, knows_password: bool = True) -> Response:
    """Sign the user in and lead on to `to`, if it is a page of ours."""
    sign_in.enter(db.session(), user, at=clock.utcnow())
    db.session.commit()
    session.clear()
    session.permanent = stay
    begin_session(user, knows_password=knows_password)
    forget_expired()
    return remember_language(redirect(own_path(to)), user.locale)


def begin_session(user: User, *, knows_password: bool) -> None:
    """Tie this browser's session to the user, under a new name.

    Whoever has not shown the password is asked for it before they change what guards
    the access.
    """
    # Other forms of this browser get a new token too.
    session.pop("csrf_token", None)
    login_user(user)
    if not knows_password:
        session.pop("fs_paa", None)
    interface: Any = current_app.session_interface
    interface.regenerate(session)
