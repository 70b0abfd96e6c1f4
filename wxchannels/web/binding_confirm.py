"""The page behind the link in the chat: whoever scanned says yes or no to a binding."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wxchannels import clock
from wxchannels.errors import N_, DomainError
from wxchannels.extensions import db
from wxchannels.members import bindings, codes
from wxchannels.models import AuthorizationPurpose, CodeState, Purpose, TemporaryCode
from wxchannels.web.confirming import find_scanner
from wxchannels.web.errors import sentence_of
from wxchannels.web.oauth import known_person, send_to_wechat
from wxchannels.web.requests import keep_secret

bp = Blueprint("binding_confirm", __name__, url_prefix="/confirm")
bp.after_request(keep_secret)

ONE = "/<secret>"
YES = "yes"
FOR = AuthorizationPurpose.BINDING


class NotConfirmableError(DomainError):
    """One sentence for all: whoever opens somebody's link learns nothing from it."""

    sentence = N_(
        "This link is for the person who scanned the code, once, within minutes. Get "
        "a new code where you began."
    )


@bp.errorhandler(NotConfirmableError)
def explain(error: NotConfirmableError) -> tuple[str, int]:
    """Say so on a page of its own."""
    page = render_template("oauth/ended.html", sentence=sentence_of(error))
    return page, 403


@bp.get(ONE)
def show(secret: str) -> ResponseReturnValue:
    """Ask whether it was meant, once WeChat said who is looking."""
    code = codes.get_by_link(db.session(), Purpose.BIND, secret)
    if known_person(code.account, FOR) is None:
        if "authorization_error" in request.args:
            raise NotConfirmableError
        back = url_for(".show", secret=secret)
        return send_to_wechat(code.account, FOR, back=back)
    _check_scanner(code)
    binding = bindings.get_of_code(db.session(), code.id)
    return render_template(
        "bindings/confirm.html",
        binding=binding,
        secret=secret,
        state=binding.state_at(clock.utcnow()),
    )


@bp.post(ONE)
def decide(secret: str) -> ResponseReturnValue:
    """Take the answer, of the person who scanned and of nobody else."""
    session, now = db.session(), clock.utcnow()
    code = codes.get_by_link(session, Purpose.BIND, secret)
    follower_id = _check_scanner(code)
    bindings.lock_person(session, follower_id)
    stored = codes.read_code(session, code.id)
    if request.form.get("answer") == YES:
        bindings.confirm(session, stored, at=now)
    else:
        codes.move(session, code.id, CodeState.SCANNED, CodeState.REFUSED, at=now)
    session.commit()
    session.expire_all()
    return redirect(url_for(".show", secret=secret))


def _check_scanner(code: TemporaryCode) -> int:
    """Return whose phone scanned the code, if it is that person who is looking."""
    scanner = find_scanner(code, FOR)
    if scanner is None:
        raise NotConfirmableError
    return scanner
