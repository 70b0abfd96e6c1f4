from typing import Any

import pytest
import requests
from wechatpy.client.api import WeChatQRCode

from tests.sandbox.platform import Platform
from wxchannels.sandbox.remote import Sandbox
from wxchannels.sandbox.tickets import make_ticket

LIMIT = "QR_LIMIT_STR_SCENE"


def request(action: str, seconds: int | None = None, **scene: object) -> dict[str, Any]:
    body: dict[str, Any] = {"action_name": action, "action_info": {"scene": scene}}
    return body if seconds is None else {**body, "expire_seconds": seconds}


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (request("QR_SCENE", 600, scene_id=4294967295), 600),
        (request("QR_STR_SCENE", 600, scene_str="sunck"), 600),
        (request("QR_STR_SCENE", 2592001, scene_str="sunck"), 2592000),
        (request("QR_STR_SCENE", scene_str="sunck"), 60),
    ],
)
def test_temporary_code_says_how_long_it_lasts(
    platform: Platform, body: dict[str, Any], seconds: int
) -> None:
    answer = platform.ask("qrcode/create", body)

    assert answer["expire_seconds"] == seconds
    assert answer["url"].startswith("http://weixin.qq.com/q/")
    assert set(answer) == {"ticket", "url", "expire_seconds"}


@pytest.mark.parametrize(
    "body",
    [
        request("QR_LIMIT_SCENE", scene_id=1),
        request("QR_LIMIT_SCENE", scene_id=100000),
        request(LIMIT, scene_str="x" * 64),
    ],
)
def test_permanent_code_has_no_end_and_stays_the_same(
    platform: Platform, body: dict[str, Any]
) -> None:
    first = platform.ask("qrcode/create", body)

    second = platform.ask("qrcode/create", body)

    assert set(first) == {"ticket", "url"}
    assert second == first


def test_temporary_code_is_a_new_one_every_time(platform: Platform) -> None:
    body = request("QR_STR_SCENE", 600, scene_str="sunck")

    tickets = {platform.ask("qrcode/create", body)["ticket"] for _ in range(3)}

    assert len(tickets) == 3


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"action_name": "QR_PERMANENT"}, 40052),
        ({}, 40052),
        ({"action_name": "QR_SCENE"}, 40053),
        (request(LIMIT, scene_str=""), 40053),
        (request(LIMIT, scene_str="x" * 65), 40053),
        (request("QR_LIMIT_SCENE", scene_id=0), 40053),
        (request("QR_LIMIT_SCENE", scene_id=100001), 40053),
        (request("QR_SCENE", 600, scene_id=0), 40053),
        (request("QR_STR_SCENE", 0, scene_str="x"), 40053),
    ],
)
def test_impossible_code_is_refused(
    platform: Platform, body: dict[str, Any], errcode: int
) -> None:
    assert platform.refused("qrcode/create", body) == errcode


@pytest.mark.parametrize(
    ("body", "scene"),
    [
        ({"action_name": "QR_SCENE", "action_info": {"scene_id": 7}}, "0"),
        (request("QR_SCENE", 60, scene_id="7"), "0"),
        (request("QR_SCENE", 60, scene_str="7"), "0"),
        (request(LIMIT, scene_id=7), "0"),
        (request("QR_SCENE", 60, scene_id=2**40), "4294967295"),
        (request(LIMIT, scene_str=7), "7"),
        (request("QR_STR_SCENE", 60, scene_str="x" * 100), "x" * 100),
    ],
)
def test_code_made_wrong_is_made_all_the_same(
    platform: Platform, sandbox: Sandbox, body: dict[str, Any], scene: str
) -> None:
    platform.ask("qrcode/create", body)

    assert [code.scene for code in sandbox.codes()] == [scene]


def test_permanent_texts_run_out(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.open_account(rules={"permanent_text_limit": 1})
    platform.ask("qrcode/create", request(LIMIT, scene_str="first"))

    refused = platform.refused("qrcode/create", request(LIMIT, scene_str="second"))

    assert refused == 45029
    platform.ask("qrcode/create", request(LIMIT, scene_str="first"))
    platform.ask("qrcode/create", request("QR_LIMIT_SCENE", scene_id=1))


def test_over_long_validity_is_refused_where_the_rules_say_so(
    platform: Platform, sandbox: Sandbox
) -> None:
    sandbox.open_account(
        rules={"refuse_long_expire": True, "default_expire_seconds": 30}
    )

    too_long = request("QR_STR_SCENE", 2592001, scene_str="x")
    not_said = request("QR_STR_SCENE", scene_str="x")

    assert platform.refused("qrcode/create", too_long) == 40053
    assert platform.ask("qrcode/create", not_said)["expire_seconds"] == 30


def test_ticket_is_built_like_the_one_on_the_platforms_page() -> None:
    url = "http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI"

    ticket = make_ticket(0x3AEEF8, url, at=0x53EC6D67, lifetime_seconds=0x53EC6D9A)

    assert ticket == (
        "gQH47joAAAAAAAAAASxodHRwOi8vd2VpeGluLnFxLmNvbS9xL2taZ2Z3TVRtNzJXV1Brb3ZhYmJJ"
        "AAIEZ23sUwMEmm3sUw=="
    )


def test_picture_of_a_ticket_is_shown_when_it_is_escaped(
    platform: Platform, sandbox: Sandbox
) -> None:
    code = sandbox.issue_code("sunck")
    assert "+" in code.ticket

    # wechatpy writes the real address; only its host is ours.
    address = WeChatQRCode.get_url(code.ticket).replace(
        "https://mp.weixin.qq.com", platform.base_url
    )

    shown = requests.get(address, timeout=10)
    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/jpg"
    assert shown.headers["Cache-Control"] == "max-age=604800"
    assert shown.content.startswith(b"\x89PNG")
    bare = f"{platform.base_url}/cgi-bin/showqrcode?ticket={code.ticket}"
    unescaped = requests.get(bare, timeout=10)
    assert unescaped.status_code == 404
    assert unescaped.text.startswith("<!doctype html>")
