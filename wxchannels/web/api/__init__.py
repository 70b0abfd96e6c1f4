"""For programs: JSON over HTTP with a key. Described at /api/v1/openapi.json."""

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema

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


class OpenConverter(OpenAPIConverter):
    """Describes answers as what they are: later versions may say more."""

    def schema2jsonschema(self, schema: Schema | type[Schema]) -> dict[str, Any]:
        """Return what OpenAPI says of `schema`. Only what programs send is closed."""
        described: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call] # apispec has half its types
        if not isinstance(schema, shapes.Asked):
            described.pop("additionalProperties", None)
        return described


class OpenPlugin(MarshmallowPlugin):
    """Brings the converter along."""

    Converter = OpenConverter


class DescribedApi(Api):  # type: ignore[misc] # flask-smorest has no types
    """The API and its OpenAPI description."""

    ERROR_SCHEMA = shapes.Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to `web/errors.py`, which knows pages too."""

    def _register_pagination_header(self) -> None:
        """Describe no header that no answer has."""


def register(app: Flask) -> None:
    """Bind the API and describe it."""
    app.config.update(SETTINGS)
    spec = {"security": [{"key": []}], "marshmallow_plugin": OpenPlugin()}
    api = DescribedApi(app, spec_kwargs=spec)
    scheme = {"type": "http", "scheme": "bearer"}
    api.spec.components.security_scheme("key", scheme)
    parts = (channels, qrcodes, events, reports, bindings, authorizations)
    for part in parts:
        api.register_blueprint(part.bp)
