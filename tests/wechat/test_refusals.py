from typing import Any

import pytest
import responses
from responses import matchers

from tests.wechat.conftest import API, SECRET, TOKEN_PATH, Naps, tokens_used
from wxchannels.wechat.client import MemoryTokenStore, WeChatClient
from wxchannels.wechat.errors import (
    ConfigRefusedError,
    QuotaRefusedError,
    RightsRefusedError,
    TokenRefusedError,
    WeChatRefusedError,
    WeChatUnavailableError,
)

ASK = f"{API}/cgi-bin/getcallbackip"
STALE = {"errcode": 40001, "errmsg": "invalid credential rid: 1-2-3"}
FINE = {"ip_list": ["127.0.0.1"]}


@pytest.mark.parametrize("errcode", [40001, 40014, 42001, "42001"])
def test_stale_token_is_renewed_once(
    client: WeChatClient, wechat_api: responses.RequestsMock, errcode: int | str
) -> None:
    wechat_api.get(ASK, json={**STALE, "errcode": errcode})
    wechat_api.get(ASK, json=FINE)

    assert client.check_token() == 1
    assert tokens_used(wechat_api) == ["T1", "T2"]
    wechat_api.assert_call_count(API + TOKEN_PATH, 2)


def test_token_that_is_always_refused_ends_after_one_retry(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.get(ASK, json=STALE)

    with pytest.raises(TokenRefusedError, match="40001"):
        client.check_token()

    assert tokens_used(wechat_api) == ["T1", "T2"]
    wechat_api.assert_call_count(API + TOKEN_PATH, 2)


def test_second_answer_counts_whatever_it_is(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.get(ASK, json=STALE)
    wechat_api.get(ASK, json={"errcode": 48001, "errmsg": "api unauthorized"})

    with pytest.raises(RightsRefusedError):
        client.check_token()


def test_token_that_another_process_renewed_costs_no_request(
    wechat_api: responses.RequestsMock,
) -> None:
    tokens = MemoryTokenStore()
    first = WeChatClient("wx1", SECRET, tokens)
    second = WeChatClient("wx1", SECRET, tokens)
    t1, t2 = ({"access_token": value} for value in ("T1", "T2"))
    wechat_api.get(ASK, json=FINE, match=[matchers.query_param_matcher(t2)])
    wechat_api.get(ASK, json=STALE, match=[matchers.query_param_matcher(t1)])

    counts = [first.check_token(), second.check_token()]

    assert counts == [1, 1]
    wechat_api.assert_call_count(API + TOKEN_PATH, 2)


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (40013, ConfigRefusedError),
        (40125, ConfigRefusedError),
        (40243, ConfigRefusedError),
        (41002, ConfigRefusedError),
        (41004, ConfigRefusedError),
        (50002, ConfigRefusedError),
        (61024, ConfigRefusedError),
        (89503, ConfigRefusedError),
        (89506, ConfigRefusedError),
        (89507, ConfigRefusedError),
        (40001, ConfigRefusedError),
        (45009, QuotaRefusedError),
        (45011, QuotaRefusedError),
        (40002, WeChatRefusedError),
        (43002, WeChatRefusedError),
    ],
)
def test_refused_token_request_is_not_repeated(
    client: WeChatClient,
    api: responses.RequestsMock,
    errcode: int,
    kind: type[WeChatRefusedError],
) -> None:
    api.post(API + TOKEN_PATH, json={"errcode": errcode, "errmsg": "why"})

    with pytest.raises(WeChatRefusedError) as refused:
        client.check_token()

    assert type(refused.value) is kind
    assert refused.value.errcode == errcode
    assert len(api.calls) == 1


def test_missing_address_is_named(
    client: WeChatClient, api: responses.RequestsMock
) -> None:
    text = "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 1-2-3"
    api.post(API + TOKEN_PATH, json={"errcode": 40164, "errmsg": text})

    with pytest.raises(ConfigRefusedError) as refused:
        client.check_token()

    assert refused.value.ip == "1.2.3.4"
    assert refused.value.rid == "1-2-3"
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": "T1"},
        {"expires_in": 7200},
        {"access_token": "T1", "expires_in": 0},
        {"access_token": "T1", "expires_in": "soon"},
    ],
)
def test_answer_without_a_token_is_none(
    client: WeChatClient, api: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    api.post(API + TOKEN_PATH, json=answer)

    with pytest.raises(WeChatUnavailableError):
        client.check_token()


@pytest.mark.parametrize("errcode", [41001, 43001, 44002, 45009, 45011, 47001, 48001])
def test_refusal_is_not_repeated(
    client: WeChatClient, wechat_api: responses.RequestsMock, errcode: int
) -> None:
    wechat_api.get(ASK, json={"errcode": str(errcode), "errmsg": "why"})

    with pytest.raises(WeChatRefusedError) as refused:
        client.check_token()

    assert refused.value.errcode == errcode
    wechat_api.assert_call_count(f"{ASK}?access_token=T1", 1)


def test_refusal_blocks_no_later_question(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.get(ASK, json={"errcode": 45009, "errmsg": "quota"})
    wechat_api.get(ASK, json=FINE)

    with pytest.raises(QuotaRefusedError):
        client.check_token()

    assert client.check_token() == 1


@pytest.mark.parametrize("errcode", [-1, "-1", 268487001, 268487002])
def test_busy_wechat_is_asked_again_after_a_while(
    client: WeChatClient,
    wechat_api: responses.RequestsMock,
    naps: Naps,
    errcode: int | str,
) -> None:
    wechat_api.get(ASK, json={"errcode": errcode, "errmsg": "system error"})
    wechat_api.get(ASK, json=FINE)

    assert client.check_token() == 1
    assert naps == [0.5]


def test_wechat_that_stays_busy_is_left_alone(
    client: WeChatClient, wechat_api: responses.RequestsMock, naps: Naps
) -> None:
    wechat_api.get(ASK, json={"errcode": -1, "errmsg": "system error"})

    with pytest.raises(WeChatUnavailableError, match="busy"):
        client.check_token()

    assert naps == [0.5, 1.0]
    wechat_api.assert_call_count(f"{ASK}?access_token=T1", 3)
