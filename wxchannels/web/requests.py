"""What holds for every request: who may write, what a browser is told."""

from typing import Any

from flask import Flask, Response, request
from werkzeug.routing import UnicodeConverter, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from wxchannels import database

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


class Word(UnicodeConverter):
    """A part of an address. None holds NUL: PostgreSQL cannot even look for it."""

    def to_python(self, value: str) -> str:
        """Return the part, or let the address lead nowhere."""
        if "\0" in value:
            raise ValidationError
        return value


def register(app: Flask) -> None:
    """Bind the rules."""
    app.url_map.converters["default"] = Word
    app.url_value_preprocessor(begin_as_writer)
    app.after_request(protect)


def begin_as_writer(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let a request that may change something begin its transactions as a writer.

    Before anything reads, as a page's account is read before `before_request`: what
    the thread's last request was allowed to must not count.
    """
    del endpoint, values
    database.writing.set(request.method not in SAFE_METHODS)


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
