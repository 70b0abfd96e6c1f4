"""What every part of the API has: its guard, its schemas, its errors."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema
from sqlalchemy.exc import OperationalError

from wxchannels.extensions import csrf
from wxchannels.web import wechat
from wxchannels.web.api import keys, problems
from wxchannels.web.api.bodies import StrictParser
from wxchannels.web.api.shapes import Asked
from wxchannels.web.requests import SAFE_METHODS
from wxchannels.wechat.errors import WeChatError

View = TypeVar("View", bound=Callable[..., Any])
Fields = type[Schema]

PREFIX = "/api/v1"
CREATED = 201


class ApiBlueprint(Blueprint):  # type: ignore[misc] # flask-smorest has no types
    """A part of the API; `read` and `write` are the scopes that its views need."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, *, prefix: str, read: str, write: str = "") -> None:
        # Pages have the plain names.
        super().__init__(f"api_{name}", __name__, url_prefix=PREFIX + prefix)
        self._read, self._write = read, write or read
        self.before_request(self._admit)
        self.register_error_handler(WeChatError, explain_wechat)
        self.register_error_handler(OperationalError, explain_database)
        # No cookie says who asks, so no other site can make a browser ask.
        csrf.exempt(self)

    def get(
        self, rule: str, *, takes: Fields | None = None, gives: Fields
    ) -> Callable[[View], View]:
        """Bind a view that reads; `takes` describes the query."""
        return self._bind("GET", rule, "query", takes, gives, status=200)

    def get_picture(self, rule: str, media_type: str) -> Callable[[View], View]:
        """Bind a view that answers with a picture."""
        picture = {"type": "string", "format": "binary"}

        def bind(view: View) -> View:
            shown = self.response(200, picture, content_type=media_type)(view)
            self._route("GET", rule, shown, takes_query=False, takes_body=False)
            return view

        return bind

    def post(
        self,
        rule: str,
        *,
        takes: Fields | None = None,
        gives: Fields,
        status: int = CREATED,
    ) -> Callable[[View], View]:
        """Bind a view that makes something; `takes` describes the body."""
        return self._bind("POST", rule, "json", takes, gives, status=status)

    def patch(
        self, rule: str, *, takes: Fields | None = None, gives: Fields
    ) -> Callable[[View], View]:
        """Bind a view that changes what the body names."""
        return self._bind("PATCH", rule, "json", takes, gives, status=200)

    def delete(self, rule: str, *, gives: Fields) -> Callable[[View], View]:
        """Bind a view that ends something, and answers with what is left."""
        return self._bind("DELETE", rule, "query", None, gives, status=200)

    def _bind(
        self,
        method: str,
        rule: str,
        location: str,
        takes: Fields | None,
        gives: Fields,
        *,
        status: int,
    ) -> Callable[[View], View]:
        def bind(view: View) -> View:
            bound: Any = self.response(status, gives)(view)
            if takes is not None:
                # The schema says what becomes of unknown fields, here and in OpenAPI.
                bound = self.arguments(takes, location=location, unknown=None)(bound)
            self._route(
                method,
                rule,
                bound,
                takes_query=takes is not None and location == "query",
                takes_body=takes is not None and location == "json",
            )
            return view

        return bind

    def _route(
        self, method: str, rule: str, view: View, *, takes_query: bool, takes_body: bool
    ) -> None:
        """Bind `view`, which is given nothing that it does not take."""

        @wraps(view)
        def strict(*args: object, **parts: object) -> object:
            if not takes_query:
                self._refuse_all("query")
            if not takes_body and method not in SAFE_METHODS and request.get_data():
                self._refuse_all("json")
            return view(*args, **parts)

        needed = self._read if method in SAFE_METHODS else self._write
        described = self.doc(operationId=view.__name__, security=[{"key": [needed]}])
        self.route(rule, methods=[method])(described(strict))

    def _refuse_all(self, location: str) -> None:
        self.ARGUMENTS_PARSER.parse(Asked(), location=location, unknown=None)

    def _admit(self) -> None:
        keys.admit(self._read if request.method in SAFE_METHODS else self._write)


def explain_wechat(error: WeChatError) -> Response:
    """Answer that WeChat refused or was silent, and what to do about it."""
    return problems.body(wechat.status_of(error), wechat.explain(error))


def explain_database(error: OperationalError) -> Response:
    """Answer that the database has no time for us; it may have in a minute."""
    del error
    return problems.unavailable()
