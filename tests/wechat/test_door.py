import logging
import traceback
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from tests.wechat.conftest import API, SECRET, TOKEN_PATH, tokens_used
from wxchannels.wechat.client import MemoryTokenStore, WeChatClient
from wxchannels.wechat.errors import WeChatError, WeChatUnavailableError

PATH = "/cgi-bin/getcallbackip"
ASK = API + PATH
STALE = {"errcode": 40001, "errmsg": "invalid credential rid: 1-2-3"}
FINE = {"ip_list": ["127.0.0.1"]}
STOLEN = "STOLEN-TOKEN"


UNUSABLE: dict[str, dict[str, Any]] = {
    "HTML": {"body": "<html>Bad Gateway</html>"},
    "truncated": {"body": '{"ip_list":["127.0.0.1"'},
    "empty": {"body": ""},
    "list": {"body": "[]"},
    "deep": {"body": "[" * 100_000},
    "502": {"body": "{}", "status": 502},
    "500": {"json": STALE, "status": 500},
    "404": {"body": "<html>", "status": 404},
    "redirect": {"status": 302, "headers": {"Location": "https://example.com/"}},
    "errcode in words": {"json": {"errcode": "none"}},
    "errcode list": {"json": {"errcode": [1]}},
    "no connection": {"body": requests.ConnectionError(f"{ASK}?access_token=T1")},
    "no connect in time": {"body": requests.ConnectTimeout(f"{ASK}?access_token=T1")},
    "no answer in time": {"body": requests.ReadTimeout(f"{ASK}?access_token=T1")},
    "cut": {"body": requests.exceptions.ChunkedEncodingError("cut")},
}


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_answer_is_unavailable_and_not_repeated(
    client: WeChatClient, wechat_api: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    wechat_api.get(ASK, **answer)

    with pytest.raises(WeChatUnavailableError, match=PATH):
        client.check_token()

    assert tokens_used(wechat_api) == ["T1"]


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_token_is_unavailable(
    client: WeChatClient, api: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    api.post(API + TOKEN_PATH, **answer)

    with pytest.raises(WeChatError):
        client.check_token()

    assert len(api.calls) == 1


def test_nobody_waits_for_ever(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    strict = [matchers.request_kwargs_matcher({"timeout": (3, 8)})]
    wechat_api.get(ASK, json=FINE, match=strict)

    assert client.check_token() == 1


@pytest.mark.parametrize(
    ("content_type", "errcode"), [("text/plain", 0), ("text/html", "0"), ("", None)]
)
def test_content_type_says_nothing(
    client: WeChatClient,
    wechat_api: responses.RequestsMock,
    content_type: str,
    errcode: int | str | None,
) -> None:
    answer = {**FINE, "errcode": errcode}
    wechat_api.get(ASK, json=answer, content_type=content_type)

    assert client.check_token() == 1


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE)
def test_errors_carry_neither_token_nor_secret(
    api: responses.RequestsMock,
    answer: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = WeChatClient("wx1", SECRET, MemoryTokenStore())
    api.post(API + TOKEN_PATH, json={"access_token": STOLEN, "expires_in": 7200})
    if isinstance(answer.get("body"), requests.RequestException):
        answer = {"body": type(answer["body"])(f"{ASK}?access_token={STOLEN}")}
    api.get(ASK, **answer)

    with caplog.at_level(logging.DEBUG), pytest.raises(WeChatError) as failed:
        client.check_token()

    told = "".join(traceback.format_exception(failed.value)) + caplog.text
    assert STOLEN not in told
    assert SECRET not in told
    assert failed.value.__context__ is None or STOLEN not in repr(
        failed.value.__context__
    )


def test_client_hides_its_secret(client: WeChatClient) -> None:
    assert SECRET not in repr(client)


def test_redirect_takes_the_token_nowhere(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    elsewhere = {"Location": "https://example.com/"}
    wechat_api.get(ASK, status=302, headers=elsewhere)

    with pytest.raises(WeChatUnavailableError, match="HTTP 302"):
        client.check_token()

    assert len(wechat_api.calls) == 2
