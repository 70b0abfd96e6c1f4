"""Error → status and page; the only module that knows both."""

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from wxchannels.errors import DomainError, NotFoundError

#: Every refusal that is not about the input. The first class that fits counts.
STATUSES: dict[type[DomainError], int] = {NotFoundError: 404}
UNPROCESSABLE = 422


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal."""
    for cls in type(error).__mro__:
        if cls in STATUSES:
            return STATUSES[cls]
    return UNPROCESSABLE


def sentence_of(error: DomainError) -> str:
    """Return the refusal's sentence in the reader's language."""
    return gettext(error.sentence) % error.params


def register(app: Flask) -> None:
    """Bind the handlers of the whole application."""
    app.register_error_handler(DomainError, explain_refusal)
    app.register_error_handler(HTTPException, explain_status)


def explain_refusal(error: DomainError) -> tuple[Response | str, int]:
    """Answer a refusal that no form caught."""
    return _answer(status_of(error), sentence_of(error), field=error.field)


def explain_status(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
    """Answer what Flask or a view aborted with."""
    if error.code is None or error.response is not None:
        return error
    return _answer(error.code, error.description or "")


def _answer(
    status: int, message: str, *, field: str = ""
) -> tuple[Response | str, int]:
    if request.path.startswith("/api/"):
        return error_body(status, message, {field: [message]} if field else {}), status
    return render_template("errors/error.html", status=status, message=message), status


def error_body(status: int, message: str, errors: dict[str, list[str]]) -> Response:
    """Return the API's one shape of an error."""
    body: dict[str, object] = {
        "code": status,
        "status": HTTP_STATUS_CODES[status],
        "message": message,
    }
    if errors:
        body["errors"] = errors
    return jsonify(body)
