import re

import pytest
import requests

from tests.sandbox.platform import Platform
from wxchannels.sandbox.remote import Sandbox


@pytest.mark.parametrize(
    ("token", "errcode"),
    [("", 41001), ("short", 40014), ("with a blank in it", 40014), ("x" * 30, 40001)],
)
def test_bad_token_is_refused(platform: Platform, token: str, errcode: int) -> None:
    answer = platform.get("user/get", access_token=token)

    assert answer.status_code == 200
    assert answer.json()["errcode"] == errcode


def test_missing_token_is_refused(platform: Platform) -> None:
    assert platform.get("user/get").json()["errcode"] == 41001


def test_refusal_ends_with_a_request_id(platform: Platform) -> None:
    answer = platform.get("user/get").json()

    assert re.fullmatch(
        r".+ rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}", answer["errmsg"]
    )


def test_wrong_verb_is_refused(platform: Platform) -> None:
    assert platform.refused("qrcode/create") == 43002
    assert platform.refused("user/get", {}) == 43001


def test_bad_body_is_refused(platform: Platform) -> None:
    assert platform.refused("qrcode/create", b"") == 44002
    assert platform.refused("qrcode/create", b"not json") == 47001
    assert platform.refused("qrcode/create", b"[]") == 47001


def test_calls_are_counted_by_path(platform: Platform, sandbox: Sandbox) -> None:
    platform.ask("user/get")
    platform.ask("user/get")

    calls = sandbox.calls()

    assert calls == {"/cgi-bin/stable_token": 2, "/cgi-bin/user/get": 2}
    sandbox.forget_calls()
    assert sandbox.calls() == {}


def test_fault_happens_as_often_as_told(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.fault("/cgi-bin/user/get", code=-1, times=2)

    codes = [platform.ask("user/get").get("errcode") for _ in range(3)]

    assert codes == [-1, -1, None]


def test_fault_of_any_path_spares_the_tokens(
    platform: Platform, sandbox: Sandbox
) -> None:
    sandbox.fault("*", code=40001, times=None)

    codes = [platform.ask(path)["errcode"] for path in ("user/get", "getcallbackip")]

    assert codes == [40001, 40001]
    sandbox.remove_faults()
    assert platform.ask("user/get")["total"] == 0


def test_tokens_can_be_made_to_fail_too(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.fault("/cgi-bin/token", code=40164)

    assert platform.plain()["errcode"] == 40164
    assert "access_token" in platform.plain()


def test_refusal_on_demand_says_what_wechat_says(
    platform: Platform, sandbox: Sandbox
) -> None:
    sandbox.fault("/cgi-bin/token", code=40164)
    sandbox.fault("/cgi-bin/token", code=99999)

    known, unknown = platform.plain(), platform.plain()

    assert known["errmsg"].startswith("invalid ip 127.0.0.1 ")
    assert unknown["errmsg"].startswith("error rid: ")


def test_errcode_may_come_as_text(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.fault("/cgi-bin/user/get", "text_errcode", code=45009)

    assert platform.ask("user/get")["errcode"] == "45009"


def test_gateway_may_fail(platform: Platform, sandbox: Sandbox) -> None:
    token = platform.token()
    sandbox.fault("/cgi-bin/user/get", "http")
    sandbox.fault("/cgi-bin/user/get", "http", code=504)

    answers = [platform.get("user/get", access_token=token) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [502, 504]
    assert answers[0].text.startswith("<!doctype html>")


def test_answer_may_be_html_or_cut(platform: Platform, sandbox: Sandbox) -> None:
    token = platform.token()
    whole = platform.get("user/get", access_token=token).content
    sandbox.fault("/cgi-bin/user/get", "html")
    sandbox.fault("/cgi-bin/user/get", "truncated")

    html = platform.get("user/get", access_token=token)
    cut = platform.get("user/get", access_token=token)

    assert html.status_code == 200
    assert html.text.startswith("<!doctype html>")
    assert cut.content == whole[: len(whole) // 2]


def test_connection_may_be_dropped(platform: Platform, sandbox: Sandbox) -> None:
    token = platform.token()
    sandbox.fault("/cgi-bin/user/get", "drop")

    with pytest.raises(requests.ConnectionError):
        platform.get("user/get", access_token=token)

    assert platform.get("user/get", access_token=token).json()["total"] == 0


def test_latency_adds_to_another_fault(platform: Platform, sandbox: Sandbox) -> None:
    token = platform.token()
    sandbox.fault("/cgi-bin/user/get", "latency", seconds=0.15)
    sandbox.fault("/cgi-bin/user/get", code=45011)

    answer = platform.get("user/get", access_token=token)

    assert answer.elapsed.total_seconds() >= 0.15
    assert answer.json()["errcode"] == 45011


def test_quota_of_a_path_can_be_used_up_and_cleared(
    platform: Platform, sandbox: Sandbox
) -> None:
    sandbox.open_account(limits={"/cgi-bin/user/get": 1})
    platform.ask("user/get")

    assert platform.refused("user/get") == 45009
    assert platform.ask("clear_quota", {"appid": sandbox.app_id})["errcode"] == 0
    assert platform.ask("user/get")["total"] == 0


def test_quota_is_cleared_ten_times_a_month(
    platform: Platform, sandbox: Sandbox
) -> None:
    for _ in range(10):
        platform.ask("clear_quota", {"appid": sandbox.app_id})

    assert platform.refused("clear_quota", {"appid": sandbox.app_id}) == 48006
    assert platform.refused("clear_quota", {"appid": "wxother"}) == 40013


def test_rest_of_a_quota_can_be_asked_for(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.open_account(limits={"/cgi-bin/user/get": 500})
    platform.ask("user/get")

    answer = platform.ask("openapi/quota/get", {"cgi_path": "/cgi-bin/user/get"})

    assert answer["quota"] == {"daily_limit": 500, "used": 1, "remain": 499}
    assert platform.refused("openapi/quota/get", {"cgi_path": "user/get"}) == 76021


def test_addresses_of_the_platform_are_this_machine(platform: Platform) -> None:
    assert "127.0.0.1" in platform.ask("getcallbackip")["ip_list"]
