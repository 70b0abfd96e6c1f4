"""Error → status and page; the only module that knows both."""

import logging

from flask import Flask, Response, abort, render_template, request, session
from flask_babel import gettext
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import (
    BadHost,
    HTTPException,
    SecurityError,
    ServiceUnavailable,
)

from wxchannels.authorizations.authorizations import AuthorizationEndedError
from wxchannels.channels.errors import ChannelArchivedError, TakenError
from wxchannels.channels.qrcodes import PendingQRCodeError
from wxchannels.columns import UnreadableSecretError
from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.members.proposals import MemberBoundError
from wxchannels.web.api import problems

log = logging.getLogger(__name__)

Answer = Response | tuple[str, int]

#: Every refusal that is not about the input. The first class that fits counts.
STATUSES: dict[type[DomainError], int] = {
    NotFoundError: 404,
    AuthorizationEndedError: 400,
    TakenError: 409,
    ChannelArchivedError: 409,
    PendingQRCodeError: 409,
    MemberBoundError: 409,
}
#: What a database says that is down, locked, or has no connection to spare.
AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
UNREADABLE = N_(
    "A stored secret cannot be opened: WXCHANNELS_DATA_KEYS lacks the key that sealed"
    " it. Whoever runs this server learns more from the command doctor."
)
#: Where the name that was asked for is none of ours, no address can be built either.
BAD_HOST = (SecurityError, BadHost)
NOT_OURS = "This server does not answer under this host name.\n"
UNPROCESSABLE = 422
FIRST_PROBLEM = 400


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal."""
    for cls in type(error).__mro__:
        if cls in STATUSES:
            return STATUSES[cls]
    return UNPROCESSABLE


def sentence_of(error: DomainError) -> str:
    """Return the refusal's sentence in the reader's language."""
    sentence: str = gettext(error.sentence)
    return sentence % error.params


def register(app: Flask) -> None:
    """Bind the handlers of the whole application."""
    app.before_request(refuse_without_sessions)
    for error in AWAY:
        app.register_error_handler(error, explain_away)
    app.register_error_handler(UnreadableSecretError, explain_unreadable)
    app.register_error_handler(DomainError, explain_refusal)
    app.register_error_handler(HTTPException, explain_status)


def refuse_without_sessions() -> None:
    """Say that the database is away rather than that nobody is signed in."""
    if getattr(session, "is_away", False):
        abort(503)


def explain_away(error: Exception) -> Answer:
    """Answer where the database does not: it may be back at the next try."""
    # Its text holds statements and what they were given.
    log.warning("page not answered: %s", type(error).__name__)
    if _asked_by_program():
        return problems.explain(ServiceUnavailable())
    return _page(503, "")


def explain_unreadable(error: UnreadableSecretError) -> Answer:
    """Answer where `DATA_KEYS` are not those that the data was sealed with."""
    log.error("page not answered: no data key opens %s", error)
    sentence = gettext(UNREADABLE)
    if _asked_by_program():
        return problems.body(503, sentence)
    return _page(503, sentence, is_storing=False)


def explain_refusal(error: DomainError) -> Answer:
    """Answer a refusal that no form caught."""
    status, sentence = status_of(error), sentence_of(error)
    if _asked_by_program():
        # A program has one field for it all, so the sentence says which part.
        said = f"{error.part}: {sentence}" if error.part else sentence
        errors = {error.field: [said]} if error.field else {}
        return problems.body(status, sentence, errors)
    return _page(status, sentence)


def explain_status(error: HTTPException) -> Answer | HTTPException:
    """Answer what Flask or a view aborted with."""
    is_problem = error.code is not None and error.code >= FIRST_PROBLEM
    if not is_problem or error.response is not None:
        return error
    if _asked_by_program():
        return problems.explain(error)
    if isinstance(request.routing_exception, BAD_HOST):
        return Response(NOT_OURS, status=400, mimetype="text/plain")
    return _page(error.code or 0, error.description or "")


def _asked_by_program() -> bool:
    return request.path.startswith("/api/")


def _page(status: int, message: str, *, is_storing: bool = True) -> tuple[str, int]:
    page = render_template(
        "errors/error.html", status=status, message=message, is_storing=is_storing
    )
    return page, status
