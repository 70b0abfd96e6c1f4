"""Reading what programs send: JSON as its standard has it, and not too much."""

import json
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import (
    BadRequest,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from wxchannels.errors import N_

MAX_BYTES = 64 * 1024
TWICE = N_("Give this once.")


class StrictParser(FlaskParser):
    """Refuses bodies that are not JSON instead of taking them for empty ones."""

    def load_querystring(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401 - as webargs types it
        """Return what the query says, if it says everything once."""
        given = req.args.lists()
        if twice := {name: [TWICE] for name, values in given if len(values) > 1}:
            raise ValidationError(twice)
        return super().load_querystring(req, schema)

    def load_json(self, req: Request, schema: object) -> Any:  # noqa: ANN401 - JSON
        """Return what the body says."""
        del schema
        encoding = req.headers.get("Content-Encoding", "identity")
        if not req.is_json or encoding.lower() != "identity":
            raise UnsupportedMediaType
        return parse(_read(req))


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return what `body` says, or refuse it.

    NaN is no JSON, and half a surrogate pair is no character any database takes.
    """
    try:
        said = json.loads(body.decode(), parse_constant=_refuse)
        json.dumps(said, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    return said


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _read(req: Request) -> bytes:
    # gunicorn cuts a chunked body at the limit without a word, so we count.
    req.max_content_length = MAX_BYTES + 1
    body = req.get_data()
    if len(body) > MAX_BYTES:
        raise RequestEntityTooLarge
    return body
