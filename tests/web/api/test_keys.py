"""Who may ask the API, what for, and how often."""

import socket
import time
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Config
from tests import factories
from tests.web.api.conftest import Program, channel_of, new_program, problem_of
from wxchannels import clock
from wxchannels.app import create_app
from wxchannels.extensions import limiter
from wxchannels.models import Account, ApiKey
from wxchannels.people import api_keys

DAYS = "?start=2026-03-01&end=2026-03-02"
#: Every endpoint of the contract, and the scope that its table asks for.
ENDPOINTS = [
    ("GET", "/channels", "channels:read"),
    ("POST", "/channels", "channels:write"),
    ("GET", "/channels/1", "channels:read"),
    ("PATCH", "/channels/1", "channels:write"),
    ("POST", "/channels/1/archive", "channels:write"),
    ("POST", "/channels/1/qrcodes", "channels:write"),
    ("GET", "/qrcodes/1", "channels:read"),
    ("GET", "/qrcodes/1/image.png", "channels:read"),
    ("GET", "/qrcodes/1/image.svg", "channels:read"),
    ("GET", "/events", "events:read"),
    ("POST", "/authorizations", "authorizations:write"),
    ("POST", "/authorizations/redeem", "authorizations:write"),
    ("GET", f"/reports/channels{DAYS}", "reports:read"),
    ("GET", f"/reports/series{DAYS}&interval=day", "reports:read"),
    ("GET", f"/reports/retention{DAYS}", "reports:read"),
    ("POST", "/bindings", "bindings:write"),
    ("GET", "/bindings", "bindings:read"),
    ("GET", "/bindings/1", "bindings:read"),
    ("DELETE", "/bindings/1", "bindings:write"),
]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wxc_wrong"},
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Basic d3hjOng="},
        {"Authorization": "Token KEY"},
        {"X-API-Key": "KEY"},
    ],
    ids=repr,
)
def test_without_a_key_everything_is_closed(
    client: FlaskClient, account: Account, headers: dict[str, str]
) -> None:
    del account
    for method, path, _ in ENDPOINTS:
        answer = client.open(f"/api/v1{path}", method=method, headers=headers)

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
        assert "Authorization: Bearer KEY" in problem_of(answer)["message"]


def test_revoked_key_opens_nothing(program: Program, session: Session) -> None:
    api_keys.revoke(session.scalars(select(ApiKey)).one(), at=factories.NOON)
    session.commit()

    answer = program.get("/channels")

    assert answer.status_code == 401
    assert "error=invalid_token" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("scope", api_keys.SCOPES)
def test_key_opens_what_its_scope_says_and_nothing_else(
    app: Flask, session: Session, account: Account, scope: str
) -> None:
    program = new_program(app, session, account, scope)

    for method, path, needed in ENDPOINTS:
        answer = program.open(path, method=method, headers=program.headers)

        assert (answer.status_code == 403) is (needed != scope), (method, path)
        if needed != scope:
            assert needed in problem_of(answer)["message"]
        else:
            assert answer.status_code in {200, 404, 415}


def test_program_gets_no_cookie_and_needs_no_csrf_token(
    app: Flask, program: Program
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    opened = program.post("/channels", name="Counter")
    read = program.get("/channels")

    assert opened.status_code == 201
    assert "Set-Cookie" not in opened.headers
    assert "Set-Cookie" not in read.headers


def test_last_use_is_written_once_an_hour(
    app: Flask, program: Program, session: Session
) -> None:
    del app

    def last_used() -> datetime | None:
        session.rollback()
        used_at = session.scalars(select(ApiKey.last_used_at)).one()
        session.rollback()
        return used_at

    program.get("/channels")
    first = last_used()
    program.get("/channels")
    second = last_used()
    earlier = clock.utcnow() - timedelta(hours=2)
    session.execute(update(ApiKey).values(last_used_at=earlier))
    session.commit()
    program.get("/channels")

    assert first is not None
    assert second == first
    assert last_used() != earlier


def test_key_that_asks_too_often_has_to_wait(
    program: Program, session: Session, app: Flask, account: Account
) -> None:
    other = new_program(app, session, account, "channels:read")
    key = session.scalars(select(ApiKey).order_by(ApiKey.id)).first()
    assert key
    number = str(key.id)
    session.rollback()
    program.get("/channels")

    for _ in range(100):
        limiter.limiter.hit(parse("100/second"), number, "api")
    refused = program.get("/channels")

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    problem_of(refused)
    assert other.get("/channels").status_code == 200


def test_nobody_is_refused_where_requests_cannot_be_counted(
    app: Flask, settings: dict[str, str], program: Program
) -> None:
    del app
    nowhere = {"WXCHANNELS_REDIS_URL": "redis://127.0.0.1:1"}
    without_redis = create_app(Config({**settings, **nowhere}))
    asking = Program(without_redis.test_client(), program.key)

    answer = asking.get("/channels")

    assert answer.status_code == 200


def test_nobody_waits_for_a_redis_that_hangs(
    app: Flask, settings: dict[str, str], program: Program
) -> None:
    del app
    with socket.socket() as hanging:
        hanging.bind(("127.0.0.1", 0))
        hanging.listen()
        port = hanging.getsockname()[1]
        hangs = {"WXCHANNELS_REDIS_URL": f"redis://127.0.0.1:{port}"}
        asking = Program(
            create_app(Config({**settings, **hangs})).test_client(), program.key
        )
        started = time.monotonic()

        answer = asking.get("/channels")

    assert answer.status_code == 200
    assert time.monotonic() - started < 5


def test_other_accounts_key_opens_only_its_own(
    program: Program, foreign: Program
) -> None:
    channel = channel_of(program, name="Counter")

    same_name = foreign.post("/channels", name="Counter")

    assert same_name.status_code == 201
    assert foreign.get(f"/channels/{channel['id']}").status_code == 404
