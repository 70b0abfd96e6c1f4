"""Binding one's own WeChat, to sign in with it, and undoing that."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.models import CodeState
from wxchannels.people import phones
from wxchannels.web import fragments
from wxchannels.web.auth.blueprint import ask_again, bp, is_fresh, me
from wxchannels.web.auth.phone import codes_limit
from wxchannels.web.auth.phone_codes import ask_for_phone, find_code, picture_of

OPEN = (CodeState.PENDING, CodeState.SCANNED)


@bp.get("/profile/wechat")
def show_own_phone() -> ResponseReturnValue:
    """Show the code that binds, and what became of it; first the password is asked."""
    if not is_fresh(clock.utcnow()):
        return ask_again()
    user = me()
    code = find_code(binds=user)
    state = code.state_at(clock.utcnow()) if code else None
    response = fragments.answer(
        "auth/own_phone.html",
        "auth/_own_phone.html",
        has_foot=False,
        state=state,
        is_open=state in OPEN,
        picture=picture_of(code) if code else "",
    )
    if state == CodeState.CONSUMED and fragments.wants_part():
        response.headers["HX-Redirect"] = url_for(".profile")
    return response


@bp.post("/profile/wechat")
@codes_limit
def bind_phone() -> ResponseReturnValue:
    """Make a code that binds whoever scans and confirms it."""
    if not is_fresh(clock.utcnow()):
        return redirect(url_for(".show_own_phone"))
    ask_for_phone(binds=me())
    return redirect(url_for(".show_own_phone"))


@bp.post("/profile/wechat/unbind")
def unbind_phone() -> ResponseReturnValue:
    """Let the WeChat sign nobody in any more."""
    user = me()
    phones.unbind(db.session(), user, user, at=clock.utcnow())
    db.session.commit()
    flash(gettext("You can no longer sign in with this WeChat."))
    return redirect(url_for(".profile"))
