"""The pages on which people sign in and look after their own access."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask_limiter.util import get_remote_address
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from wxchannels.extensions import limiter
from wxchannels.web.links import here

#: Named as Flask-Security names its own, whose endpoints these pages stand for.
bp = Blueprint("security", __name__)

#: Who shows a password or a code sooner than this ago may change what guards it.
FRESH_FOR = timedelta(hours=1)

#: Tries of one address, whoever's password they are for. Fails open.
tries_limit = limiter.shared_limit(
    "30 per minute;300 per hour",
    scope="sign-in",
    key_func=get_remote_address,
    methods=["POST"],
)

#: What one needs before one is signed in. Everything else is for users.
PUBLIC = {
    "security.login",
    "security.enter",
    "security.two_factor_token_validation",
    "security.check_code",
    "security.reset_password",
    "security.use_link",
    "security.show_phone_code",
    "security.ask_phone",
    "security.enter_by_phone",
}


@bp.before_request
def require_user() -> BaseResponse | None:
    """Let everybody sign in, and only users do the rest."""
    if request.endpoint in PUBLIC or current_user.is_authenticated:
        return None
    return ask_to_sign_in()


@bp.after_request
def keep_private(response: Response) -> Response:
    """Have no cache keep these pages."""
    response.headers["Cache-Control"] = "no-store"
    return response


def ask_to_sign_in() -> BaseResponse:
    """Send whoever is not signed in to sign in, and back here afterwards."""
    return _send_to(".login")


def ask_again() -> BaseResponse:
    """Ask whoever signed in long ago for the password again."""
    return _send_to(".verify")


def is_fresh(now: datetime) -> bool:
    """Say whether the person at the keyboard proved who they are lately."""
    proved_at: float = session.get("fs_paa", 0)
    age = now - datetime.fromtimestamp(proved_at, UTC)
    return timedelta(0) <= age < FRESH_FOR


def _send_to(endpoint: str) -> BaseResponse:
    back = _page_asked_from()
    values: dict[str, Any] = {"next": back} if back.strip("/") else {}
    address = url_for(f"{bp.name}{endpoint}", **values)
    if "HX-Request" in request.headers:
        # A part of a page cannot be replaced by the sign-in page: all of it is left.
        answer: Response = make_response("", 401)
        answer.headers["HX-Redirect"] = address
        return answer
    return redirect(address)


def _page_asked_from() -> str:
    """Return the page to come back to: that of the part, or of the form, asked for."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    if shown.path:
        return urlunsplit(("", "", shown.path, shown.query, ""))
    if request.method == "GET":
        return here()
    page = urlsplit(request.referrer or "")
    if page.netloc != request.host:
        return ""
    return urlunsplit(("", "", page.path, page.query, ""))


def me() -> Any:  # noqa: ANN401 - Flask-Login's proxy is typed as anything
    """Return the signed-in user itself, not the proxy."""
    return current_user._get_current_object()  # noqa: SLF001 - the documented way
