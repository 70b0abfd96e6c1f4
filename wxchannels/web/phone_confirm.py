"""The page behind the link in the chat: a user's WeChat says yes or no to a browser."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wxchannels import clock
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.members import bindings, codes
from wxchannels.models import AuthorizationPurpose, CodeState, Purpose, TemporaryCode
from wxchannels.people import phones
from wxchannels.people.phones import CodeSpentError
from wxchannels.web.confirming import find_scanner
from wxchannels.web.errors import sentence_of
from wxchannels.web.oauth import known_person, send_to_wechat
from wxchannels.web.requests import keep_secret

bp = Blueprint("phone_confirm", __name__, url_prefix="/sign-in/confirm")
bp.after_request(keep_secret)

ONE = "/<secret>"
YES = "yes"
FOR = AuthorizationPurpose.SIGN_IN


@bp.errorhandler(DomainError)
def explain(error: DomainError) -> tuple[str, int]:
    """Say why nothing happens, on a page for people on a phone."""
    db.session.rollback()
    return render_template("oauth/ended.html", sentence=sentence_of(error)), 403


@bp.get(ONE)
def show(secret: str) -> ResponseReturnValue:
    """Ask whether it was meant, once WeChat said who is looking."""
    code = _code(secret)
    if known_person(code.account, FOR) is None:
        if "authorization_error" in request.args:
            raise CodeSpentError
        back = url_for(".show", secret=secret)
        return send_to_wechat(code.account, FOR, back=back)
    _check_scanner(code)
    return render_template(
        "auth/phone_confirm.html",
        code=code,
        user=phones.user_of(db.session(), code),
        secret=secret,
        state=code.state_at(clock.utcnow()),
    )


@bp.post(ONE)
def decide(secret: str) -> ResponseReturnValue:
    """Take the answer, of the person who scanned and of nobody else."""
    session, now, code = db.session(), clock.utcnow(), _code(secret)
    follower_id = _check_scanner(code)
    bindings.lock_person(session, follower_id)
    if request.form.get("answer") == YES:
        phones.confirm(session, code, at=now)
    else:
        phones.refuse(session, code, at=now)
    session.commit()
    return redirect(url_for(".show", secret=secret))


def _code(secret: str) -> TemporaryCode:
    code = codes.get_by_link(db.session(), Purpose.SIGN_IN, secret)
    if code.state == CodeState.PENDING:
        raise CodeSpentError
    return code


def _check_scanner(code: TemporaryCode) -> int:
    """Return whose phone scanned the code, if it is that person who is looking."""
    scanner = find_scanner(code, FOR)
    if scanner is None:
        raise CodeSpentError
    return scanner
