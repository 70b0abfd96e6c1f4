"""For programs: JSON over HTTP with a key. Described at /api/v1/openapi.json."""

from flask import Flask
from flask_smorest import Api

from wxchannels.web.api import (
    authorizations,
    bindings,
    channels,
    events,
    qrcodes,
    reports,
    shapes,
)
from wxchannels.web.api.blueprint import PREFIX

SETTINGS = {
    "API_TITLE": "wxchannels",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": PREFIX,
    # No page that shows the description: they load scripts from elsewhere.
    "OPENAPI_JSON_PATH": "openapi.json",
}


class DescribedApi(Api):  # type: ignore[misc] # flask-smorest has no types
    """The API and its OpenAPI description."""

    ERROR_SCHEMA = shapes.Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to `web/errors.py`, which knows pages too."""


def register(app: Flask) -> None:
    """Bind the API and describe it."""
    app.config.update(SETTINGS)
    api = DescribedApi(app, spec_kwargs={"security": [{"key": []}]})
    scheme = {"type": "http", "scheme": "bearer"}
    api.spec.components.security_scheme("key", scheme)
    parts = (channels, qrcodes, events, reports, bindings, authorizations)
    for part in parts:
        api.register_blueprint(part.bp)
