"""What holds for every request: who may write, what a browser is told."""

from typing import Any

from flask import Flask, Response, abort, request
from flask_babel import gettext
from werkzeug.routing import UnicodeConverter, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from wxchannels import database
from wxchannels.errors import N_

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}

NUL = N_("No value may hold the character NUL.")


class Word(UnicodeConverter):
    """A part of an address. None holds NUL, as no value does: see `refuse_nul`."""

    def to_python(self, value: str) -> str:
        """Return the part, or let the address lead nowhere."""
        if "\0" in value:
            raise ValidationError
        return value


def register(app: Flask) -> None:
    """Bind the rules."""
    app.url_map.converters["default"] = Word
    app.url_value_preprocessor(begin_as_writer)
    app.before_request(refuse_nul)
    app.after_request(protect)


def begin_as_writer(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let a request that may change something begin its transactions as a writer.

    Before anything reads, as a page's account is read before `before_request`: what
    the thread's last request was allowed to must not count.
    """
    del endpoint, values
    database.writing.set(request.method not in SAFE_METHODS)


def refuse_nul() -> None:
    """Refuse a query or a form with NUL: PostgreSQL cannot even look for it."""
    if any("\0" in "".join(texts) for texts in request.values.listvalues()):
        abort(400, gettext(NUL))


def protect(response: Response) -> Response:
    """Tell browsers to load nothing from elsewhere and to guess nothing."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def keep_secret(response: BaseResponse) -> BaseResponse:
    """Tell the page's address to nobody, and have no cache keep it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
