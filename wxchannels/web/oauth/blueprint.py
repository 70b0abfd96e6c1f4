"""The pages that people open inside WeChat: public, private to one browser, plain."""

from flask import Blueprint, abort, render_template, request
from flask_limiter.util import get_remote_address

from wxchannels import database
from wxchannels.errors import DomainError
from wxchannels.extensions import limiter
from wxchannels.web.errors import sentence_of, status_of
from wxchannels.web.requests import keep_secret

bp = Blueprint("oauth", __name__)
bp.after_request(keep_secret)

#: Of one address, behind which a whole mobile network may be. Fails open.
starts_limit = limiter.shared_limit(
    "600 per minute", scope="oauth", key_func=get_remote_address
)


@bp.before_request
def begin_as_writer() -> None:
    """Let these pages write: each is a step of a journey, and WeChat only knows GET.

    What merely looks at an address must not take the step.
    """
    if request.method != "GET":
        abort(405)
    database.writing.set(True)


@bp.errorhandler(DomainError)
def explain(error: DomainError) -> tuple[str, int]:
    """Say why the journey ends here."""
    page = render_template("oauth/ended.html", sentence=sentence_of(error))
    return page, status_of(error)
