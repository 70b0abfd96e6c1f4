"""WeChat's way in passes the pages by: an application of its own for the callback.

Sessions, users, limits, forms and a page's headers hang on every request of the large
application, and cost a push more than reading and answering it.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from wxchannels.web import callback
from wxchannels.web.gate import Gate
from wxchannels.web.requests import Word

NAME = "weixin"


class Machines(Flask):
    """An application whose addresses are chosen by path and verb alone."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the view. The host does not matter to it."""
        if request is None or self.config["TRUSTED_HOSTS"] is not None:
            return super().create_url_adapter(request)
        where = (self.url_map, "", "/", "", "http", request.path, request.method)
        return MapAdapter(*where)


class Fork:
    """Sends what begins with `/weixin` one way and the rest the other."""

    def __init__(self, machines: WSGIApplication, pages: WSGIApplication) -> None:
        self.machines = machines
        self.pages = pages

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request. A host's name is the same in any case."""
        if host := environ.get("HTTP_HOST"):
            environ["HTTP_HOST"] = host.lower()
        first = environ.get("PATH_INFO", "").split("/", 2)[1:2]
        way = self.machines if first == [NAME] else self.pages
        return way(environ, start_response)


def mount(app: Flask) -> None:
    """Let pushes pass `app` by; settings and extensions are the same."""
    machines = Machines(__name__, static_folder=None, template_folder=None)
    machines.config.update(app.config)
    # Without a key there is no session to open.
    machines.config["SECRET_KEY"] = None
    machines.extensions = app.extensions
    machines.url_map.strict_slashes = False
    machines.url_map.merge_slashes = False
    machines.url_map.converters["default"] = Word
    machines.register_blueprint(callback.bp)
    machines.register_error_handler(HTTPException, callback.refuse)
    pages = Gate(app.wsgi_app, app.config["PAGES_AT_ONCE"])
    fork = Fork(machines.wsgi_app, pages)
    app.wsgi_app = fork  # type: ignore[method-assign] # Flask's way
