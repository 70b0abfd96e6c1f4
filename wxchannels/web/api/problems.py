"""The API's one shape of an error."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from wxchannels.errors import N_

Errors = dict[str, list[str]]

#: What happened and what to do, where nobody said it more exactly.
SENTENCES: Mapping[int, str] = {
    400: N_("The body is not JSON that can be read."),
    401: N_("Send a valid API key in the header “Authorization: Bearer KEY”."),
    403: N_("This API key may not do that."),
    404: N_("There is no such thing here."),
    405: N_("This address does not take this method; the header Allow names others."),
    413: N_("The body is too large."),
    415: N_("Send the body as application/json, uncompressed."),
    422: N_("Part of what was sent is not right: “errors” names the fields."),
    429: N_("Too many requests. Wait a second and send fewer at once."),
    503: N_("Something we need does not answer. Try again in a minute."),
}
NO_OBJECT = N_("The body must be a JSON object.")
OTHER = N_("This request cannot be answered.")
OURS = N_("The mistake is ours, not yours. It has been noted down.")
FIRST_OF_OURS = 500
#: What marshmallow says by itself; our own fields bring their own sentences.
MISSING = N_("Missing data for required field.")
NULL = N_("Field may not be null.")
UNKNOWN = N_("Unknown field.")
NOT_TEXT = N_("Not a valid string.")
NOT_A_NUMBER = N_("Not a valid integer.")
NOT_A_LIST = N_("Not a valid list.")
NOT_AN_OBJECT = N_("Invalid input type.")


def body(status: int, message: str, errors: Errors | None = None) -> Response:
    """Return an error as the API says it."""
    content: dict[str, object] = {
        "code": status,
        "status": HTTP_STATUS_CODES.get(status, "Error"),
        "message": message,
    }
    if errors:
        content["errors"] = errors
    answer = jsonify(content)
    answer.status_code = status
    return answer


def explain(error: HTTPException) -> Response:
    """Return the answer to what Flask, a guard or a schema aborted with."""
    status = error.code or FIRST_OF_OURS
    said = error.description != type(error).description
    message = error.description if said else None
    nested = getattr(error, "data", {}).get("messages", {})
    errors = _flat(nested)
    if nested and not errors:
        # What is wrong with all of it at once.
        message = gettext(NO_OBJECT)
    answer = body(status, message or _sentence(status), errors)
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers[name] = value
    return answer


def unavailable() -> Response:
    """Return the answer where the database has no time for us."""
    return body(HTTPStatus.SERVICE_UNAVAILABLE, _sentence(503))


def _sentence(status: int) -> str:
    general = OURS if status >= FIRST_OF_OURS else OTHER
    return str(gettext(SENTENCES.get(status, general)))


def _flat(messages: Mapping[str, Any]) -> Errors:
    """Return a schema's messages by field, without places and positions.

    webargs nests them: `{"json": {"tags": {"0": ["…"]}}}`.
    """
    errors: Errors = {}
    for fields in messages.values():
        for field, nested in fields.items():
            if field != "_schema":
                sentences = [str(gettext(text)) for text in _texts(nested)]
                errors[str(field)] = list(dict.fromkeys(sentences))
    return errors


def _texts(nested: Any) -> Iterator[str]:  # noqa: ANN401 - as deep as the field
    if isinstance(nested, str):
        yield nested
        return
    for value in nested.values() if isinstance(nested, Mapping) else nested:
        yield from _texts(value)
