"""A WeChat that answers what a test tells it to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from wxchannels.wechat.client import MemoryTokenStore, WeChatClient

API = "https://api.weixin.qq.com"
SECRET = "the-app-secret"
TOKEN_PATH = "/cgi-bin/stable_token"


class Naps(list[float]):
    """How long the client slept, without sleeping."""


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def client(naps: Naps) -> WeChatClient:
    return WeChatClient("wx1", SECRET, MemoryTokenStore(), sleep=naps.append)


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    """Yield WeChat's API without any answer yet, not even a token."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def wechat_api(api: responses.RequestsMock) -> responses.RequestsMock:
    """Return WeChat's API that gives the tokens T1 and then T2."""
    for value in ("T1", "T2"):
        token = {"access_token": value, "expires_in": 7200}
        api.post(API + TOKEN_PATH, json=token)
    api.assert_all_requests_are_fired = False
    return api


def sent(api: responses.RequestsMock) -> Any:  # noqa: ANN401 - whatever was sent
    """Return the body of the latest request."""
    body = api.calls[-1].request.body
    assert isinstance(body, bytes)
    return json.loads(body)


def tokens_used(api: responses.RequestsMock) -> list[str]:
    """Return which token each request to the API carried."""
    return [
        str(call.request.url).partition("access_token=")[2]
        for call in api.calls
        if TOKEN_PATH not in str(call.request.url)
    ]
