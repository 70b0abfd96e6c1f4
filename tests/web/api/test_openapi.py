"""The description at /api/v1/openapi.json, and what holds for all it describes."""

from contextvars import Context
from typing import Any

import jsonschema_rs
import pytest
import responses
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from tests import factories
from tests.members.site import Site
from tests.web.api.conftest import TICKET, URL, WECHAT, Program
from wxchannels import clock
from wxchannels.models import Account
from wxchannels.people.api_keys import SCOPES

ADDRESS = "/api/v1/openapi.json"
ENDPOINTS = [
    ("GET", "/channels"),
    ("POST", "/channels"),
    ("GET", "/channels/{channel_id}"),
    ("PATCH", "/channels/{channel_id}"),
    ("POST", "/channels/{channel_id}/archive"),
    ("POST", "/channels/{channel_id}/qrcodes"),
    ("GET", "/qrcodes/{qrcode_id}"),
    ("GET", "/qrcodes/{qrcode_id}/image.png"),
    ("GET", "/qrcodes/{qrcode_id}/image.svg"),
    ("GET", "/events"),
    ("POST", "/authorizations"),
    ("POST", "/authorizations/redeem"),
    ("GET", "/reports/channels"),
    ("GET", "/reports/series"),
    ("GET", "/reports/retention"),
    ("POST", "/bindings"),
    ("GET", "/bindings"),
    ("GET", "/bindings/{binding_id}"),
    ("DELETE", "/bindings/{binding_id}"),
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
#: The same requests every time: a test that fails does so on every machine.
BOUNDED = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _description(client: FlaskClient) -> dict[str, Any]:
    description: dict[str, Any] = client.get(ADDRESS).get_json()
    return description


def test_every_endpoint_is_described(client: FlaskClient) -> None:
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in _description(client)["paths"].items()
        for method in operations
        if method != "parameters"
    }

    assert described == set(ENDPOINTS)


def test_description_says_how_to_show_a_key(client: FlaskClient) -> None:
    description = _description(client)

    schemes = description["components"]["securitySchemes"]
    assert schemes == {"key": {"type": "http", "scheme": "bearer"}}
    assert description["security"] == [{"key": []}]


def test_every_operation_has_a_name_and_the_scope_it_needs(client: FlaskClient) -> None:
    described = _description(client)["paths"]
    operations = [
        (method, operation)
        for path in described.values()
        for method, operation in path.items()
        if method != "parameters"
    ]

    names = [operation["operationId"] for _, operation in operations]
    scopes = {operation["security"][0]["key"][0] for _, operation in operations}
    assert len(set(names)) == len(ENDPOINTS)
    assert scopes == set(SCOPES)
    archive = described["/api/v1/channels/{channel_id}/archive"]["post"]
    assert archive["security"] == [{"key": ["channels:write"]}]


def test_answers_may_say_more_and_requests_may_not(client: FlaskClient) -> None:
    schemas = _description(client)["components"]["schemas"]

    closed = {name for name, one in schemas.items() if "additionalProperties" in one}
    assert closed == {
        "NewChannel",
        "ChannelChanges",
        "NewQRCode",
        "NewBinding",
        "NewAuthorization",
        "Redemption",
    }
    assert "PaginationMetadata" not in schemas


def test_what_is_described_is_what_its_own_default_fits(client: FlaskClient) -> None:
    description = _description(client)
    found = [
        parameter["schema"]
        for path in description["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
        for parameter in operation.get("parameters", ())
    ]
    for schema in description["components"]["schemas"].values():
        found += schema.get("properties", {}).values()

    with_default = [schema for schema in found if "default" in schema]

    assert with_default
    for schema in with_default:
        jsonschema_rs.validate(schema, schema["default"])


def test_limits_of_a_code_are_described(client: FlaskClient) -> None:
    schemas = _description(client)["components"]["schemas"]
    scene = schemas["NewQRCode"]["properties"]["scene"]
    seconds = schemas["NewQRCode"]["properties"]["expire_seconds"]

    assert (scene["minimum"], scene["maximum"]) == (1, 2**32 - 1)
    assert scene["pattern"] == "^[A-Za-z0-9_.-]{1,64}$"
    assert (seconds["minimum"], seconds["maximum"]) == (1, 2592000)


@pytest.fixture
def numbers(session: Session, account: Account) -> dict[str, int]:
    """Return the numbers of a channel, its code and a binding."""
    channel = factories.channel(session, of=account)
    code = factories.qrcode(session, of=channel)
    binding_id = Site(session, account, clock.utcnow()).propose()
    found = {"channel_id": channel.id, "qrcode_id": code.id, "binding_id": binding_id}
    session.rollback()
    return found


@pytest.mark.runs_again
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_any_request_is_answered_as_described(
    app: Flask,
    program: Program,
    numbers: dict[str, int],
    wechat: responses.RequestsMock,
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    wechat.post(f"{WECHAT}/qrcode/create", json={"ticket": TICKET, "url": URL})
    api = Context().run(schemathesis.openapi.from_wsgi, ADDRESS, app)
    operation = api[f"/api/v1{path}"][method]

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE:
            # Numbers made up would only ever name what does not exist.
            wanted = case.path_parameters & numbers.keys()
            case.path_parameters = {name: numbers[name] for name in wanted}
        answer = Context().run(case.call, headers=program.headers)
        case.validate_response(answer, checks=CHECKS)

    ask()
