"""One address, two answers: the whole page, or to htmx the part that changes."""

from typing import Any

from flask import Response, make_response, render_template, request

OK = 200
#: What the foot says of the data; a part's figures are younger than the page's.
UNTIL = "_shell/until.html"


def wants_part() -> bool:
    """Say whether htmx asks for a part; going back in the history needs the page."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def answer(
    page: str,
    part: str,
    *,
    status: int = OK,
    has_foot: bool = True,
    **context: Any,  # noqa: ANN401 - what templates take
) -> Response:
    """Return `page`, or to htmx `part` of it with what the foot says of the data.

    Pages for people outside have no foot to put it into.
    """
    if wants_part():
        text = render_template(part, **context)
        if has_foot:
            text += render_template(UNTIL, is_part=True, **context)
    else:
        text = render_template(page, **context)
    response = make_response(text, status)
    response.vary.add("HX-Request")
    return response
