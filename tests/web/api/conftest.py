"""A program with a key, and WeChat as far as the wire shows it."""

import json
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from wxchannels.models import Account
from wxchannels.people.api_keys import issue_key

WECHAT = "https://api.weixin.qq.com/cgi-bin"
TICKET = "gQH47joAAAAAAAAAASxodHRwOi8vd2VpeGluLnFxLmNvbS9xL2taZ2Z3TVRtNzJXV1Brb3ZhYmJJ"
URL = "http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI"


@dataclass
class Program:
    """Asks the API with its key."""

    client: FlaskClient
    key: str

    def open(self, path: str, **request: Any) -> TestResponse:  # noqa: ANN401 - as Flask types it
        """Ask in a context of its own, as a server does: nothing is shared."""
        return Context().run(self.client.open, f"/api/v1{path}", **request)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Accept-Language": "en"}

    def get(self, path: str, **query: object) -> TestResponse:
        return self.open(path, query_string=query, headers=self.headers)

    def post(self, path: str, **body: object) -> TestResponse:
        return self.send("POST", path, json.dumps(body))

    def patch(self, path: str, **body: object) -> TestResponse:
        return self.send("PATCH", path, json.dumps(body))

    def send(
        self, method: str, path: str, body: str | bytes, **headers: str
    ) -> TestResponse:
        """Send a body as it is, by default said to be JSON."""
        return self.open(
            path,
            method=method,
            data=body,
            headers={
                **self.headers,
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )


def new_program(app: Flask, session: Session, of: Account, *scopes: str) -> Program:
    """Return a program with a key of its own; without `scopes` it may do all."""
    name = f"Program {'+'.join(scopes)}"
    _, key = issue_key(session, of, name, scopes, at=factories.NOON)
    session.commit()
    return Program(app.test_client(), key)


@pytest.fixture
def program(app: Flask, session: Session, account: Account) -> Program:
    return new_program(app, session, account)


@pytest.fixture
def foreign(app: Flask, session: Session) -> Program:
    """Return a program of another account."""
    other = factories.account(session, slug="other")
    return new_program(app, session, other)


@pytest.fixture
def wechat() -> Iterator[responses.RequestsMock]:
    """Return WeChat's wire; what is not put on it cannot be reached."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        token = {"access_token": "TOKEN", "expires_in": 7200}
        wire.post(f"{WECHAT}/stable_token", json=token)
        yield wire


def channel_of(program: Program, **fields: object) -> dict[str, Any]:
    """Return a channel that was opened through the API."""
    answer = program.post("/channels", **{"name": "Counter", **fields})
    assert answer.status_code == 201, answer.json
    channel: dict[str, Any] = answer.get_json()
    return channel


def problem_of(answer: TestResponse) -> dict[str, Any]:
    """Return the error, its shape checked."""
    problem: dict[str, Any] = answer.get_json()
    assert set(problem) - {"errors"} == {"code", "status", "message"}
    assert problem["code"] == answer.status_code
    assert problem["message"]
    for sentences in problem.get("errors", {}).values():
        assert sentences
        assert all(isinstance(sentence, str) for sentence in sentences)
    return problem
