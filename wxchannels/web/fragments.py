"""One address, two answers: the whole page, or to htmx the part that changes."""

from typing import Any

from flask import Response, make_response, render_template, request

OK = 200


def wants_part() -> bool:
    """Say whether htmx asks for a part; going back in the history needs the page."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def answer(page: str, part: str, *, status: int = OK, **context: Any) -> Response:  # noqa: ANN401 - what templates take
    """Return `page`, or `part` of it to htmx."""
    response = make_response(
        render_template(part if wants_part() else page, **context), status
    )
    response.vary.add("HX-Request")
    return response
