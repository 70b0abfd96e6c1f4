"""Signing in by scanning a code with the WeChat that was bound before."""

from flask import (
    Response,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as BaseResponse

from wxchannels import clock
from wxchannels.extensions import db, limiter
from wxchannels.models import CodeState, User
from wxchannels.people import phones, second_factor
from wxchannels.people.phones import PhoneUnknownError
from wxchannels.web import fragments
from wxchannels.web.auth.blueprint import bp
from wxchannels.web.auth.code import ask_for_code
from wxchannels.web.auth.entrance import let_in
from wxchannels.web.auth.phone_codes import CODE, ask_for_phone, find_code, picture_of

#: Where the session keeps the page that was wanted.
NEXT = "phone_next"
OPEN = (CodeState.PENDING, CodeState.SCANNED, CodeState.CONFIRMED)

#: A code costs a call to WeChat, of which a day has only so many: of one address …
codes_limit = limiter.shared_limit(
    "10 per minute;60 per hour", scope="phone-codes", key_func=get_remote_address
)
#: … and of all together, so that the rest stays for channels.
all_codes_limit = limiter.shared_limit(
    "5000 per day", scope="all-phone-codes", key_func=lambda: "all"
)

polls_limit = limiter.shared_limit(
    "300 per minute", scope="phone-polls", key_func=get_remote_address
)


@bp.post("/sign-in/wechat")
@codes_limit
@all_codes_limit
def ask_phone() -> ResponseReturnValue:
    """Make a code for this browser, and show it."""
    to = request.form.get("next", "")
    if not ask_for_phone(binds=None):
        return redirect(url_for(".login", next=to or None))
    session[NEXT] = to
    return redirect(url_for(".show_phone_code"))


@bp.get("/sign-in/wechat")
def show_phone_code() -> ResponseReturnValue:
    """Show this browser's code, and what became of it."""
    code = find_code(binds=None)
    if code is None:
        return redirect(url_for(".login"))
    return _show_page()


@bp.post("/sign-in/wechat/enter")
@polls_limit
def enter_by_phone() -> ResponseReturnValue:
    """Let the browser in whose code was confirmed; it asks every other second."""
    code, database = find_code(binds=None), db.session()
    if code is None:
        return _lead(redirect(url_for(".login")))
    try:
        user = phones.take(database, code, at=clock.utcnow())
    except PhoneUnknownError:
        # Spent all the same.
        user = None
    database.commit()
    return _show_page() if user is None else _lead(_enter(user))


def _enter(user: User) -> BaseResponse:
    to = session.pop(NEXT, "")
    session.pop(CODE, None)
    if second_factor.is_on(user):
        return ask_for_code(user, stay=False, to=to, knows_password=False)
    return let_in(user, stay=False, to=to, knows_password=False)


def _show_page() -> Response:
    code, now = find_code(binds=None), clock.utcnow()
    assert code is not None  # noqa: S101 - looked at before
    state = code.state_at(now)
    return fragments.answer(
        "auth/phone.html",
        "auth/_phone.html",
        has_foot=False,
        state=state,
        is_open=state in OPEN,
        picture=picture_of(code),
        next=session.get(NEXT, ""),
    )


def _lead(response: BaseResponse) -> BaseResponse:
    """Have htmx leave the whole page, not replace a part of it."""
    if not fragments.wants_part():
        return response
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = response.location
    for cookie in response.headers.getlist("Set-Cookie"):
        answer.headers.add("Set-Cookie", cookie)
    return answer
