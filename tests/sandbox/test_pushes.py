import json

import pytest
from wechatpy.events import (
    ClickEvent,
    SubscribeEvent,
    SubscribeScanEvent,
    UnsubscribeEvent,
    ViewEvent,
)
from wechatpy.messages import TextMessage

from tests.sandbox import oracle
from tests.sandbox.conftest import NOON
from tests.sandbox.platform import AES_KEY, ORIGINAL_ID, Platform
from tests.sandbox.receiver import Receiver
from wxchannels.sandbox.remote import Sandbox

MODES = ("plain", "compatible", "safe")
FORMATS = ("xml", "json")


@pytest.mark.parametrize("mode", MODES)
def test_follow_through_a_code_is_pushed(
    sandbox: Sandbox, receiver: Receiver, mode: str
) -> None:
    sandbox.open_account(mode=mode)
    code = sandbox.issue_code("sunck")

    outcome = sandbox.scan("anna", "sunck", then_follow=True)

    event = oracle.read(receiver.requests[0])
    assert isinstance(event, SubscribeScanEvent)
    assert (event.scene_id, event.ticket) == ("sunck", code.ticket)
    assert event.target == ORIGINAL_ID
    assert event.source == sandbox.person("anna")["openid"]
    assert event.create_time.timestamp() == NOON.timestamp()
    assert outcome.result == "followed"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("mode", MODES)
def test_scan_by_a_follower_is_pushed(
    sandbox: Sandbox, receiver: Receiver, mode: str, form: str
) -> None:
    sandbox.open_account(mode=mode, format=form)
    code = sandbox.issue_code("sunck")
    sandbox.follow("anna", silent=True)

    outcome = sandbox.scan("anna", code.url)

    fields = oracle.fields_of(receiver.requests[0])
    assert outcome.result == "scanned"
    assert fields["Event"] == "SCAN"
    assert fields["EventKey"] == "sunck"
    assert fields["Ticket"] == code.ticket
    assert list(fields)[:4] == ["ToUserName", "FromUserName", "CreateTime", "MsgType"]


def test_modes_show_what_they_should(sandbox: Sandbox, receiver: Receiver) -> None:
    for mode in MODES:
        sandbox.open_account(mode=mode)
        sandbox.push("anna", {"MsgType": "event", "Event": "debug_demo"})

    plain, compatible, safe = receiver.requests

    assert b"<Encrypt>" not in plain.body
    assert "msg_signature" not in plain.query
    assert b"<Encrypt>" in compatible.body
    assert b"<Event><![CDATA[debug_demo]]></Event>" in compatible.body
    assert b"debug_demo" not in safe.body
    assert b"FromUserName" not in safe.body
    assert safe.query["encrypt_type"] == "aes"
    assert {plain.query["openid"], safe.query["openid"]} == {
        sandbox.person("anna")["openid"]
    }


def test_json_writes_numbers_as_numbers(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.open_account(format="json")

    sandbox.follow("anna")

    [request] = receiver.requests
    assert json.loads(request.body)["CreateTime"] == int(NOON.timestamp())
    assert request.content_type == "application/json"


def test_organic_follow_has_an_empty_key(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.follow("anna")

    assert isinstance(oracle.read(receiver.requests[0]), SubscribeEvent)
    fields = oracle.fields_of(receiver.requests[0])
    assert fields["EventKey"] is None
    assert "Ticket" not in fields


def test_follow_after_a_payment_names_the_trade(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.follow("anna", payment="4008")
    sandbox.follow("bo", payment=True)

    keys = [oracle.fields_of(request)["EventKey"] for request in receiver.requests]

    assert keys[0] == "last_trade_no_4008"
    assert keys[1].startswith("last_trade_no_4")


def test_unfollow_is_pushed_once(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.follow("anna")

    first, second = sandbox.unfollow("anna"), sandbox.unfollow("anna")

    assert (first.result, second.result) == ("unfollowed", "not following")
    assert isinstance(oracle.read(receiver.requests[-1]), UnsubscribeEvent)
    assert len(receiver.requests) == 2


def test_who_follows_cannot_follow_again(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.issue_code("sunck")
    sandbox.follow("anna")

    again = sandbox.follow("anna", "sunck")

    assert again.result == "already following"
    assert len(receiver.requests) == 1


def test_message_has_an_id_of_its_own(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.follow("anna", silent=True)

    sandbox.message("anna", "有热的吗 ]]> 😀")
    sandbox.message("anna", "有热的吗 ]]> 😀")

    first, second = (oracle.read(request) for request in receiver.requests)
    assert isinstance(first, TextMessage)
    assert first.content == "有热的吗 ]]> 😀"
    assert first.id != second.id


def test_only_followers_write_and_press(
    sandbox: Sandbox, platform: Platform, receiver: Receiver
) -> None:
    button = {"type": "click", "name": "x", "key": "K"}
    platform.ask("menu/create", {"button": [button]})

    assert sandbox.message("anna", "hello").result == "not following"
    assert sandbox.do("anna", "press", button="x").result == "not following"
    assert receiver.requests == []


def test_menu_buttons_are_pressed(
    sandbox: Sandbox, platform: Platform, receiver: Receiver
) -> None:
    view = {"type": "view", "name": "v", "url": "https://example.com/"}
    click = {"type": "click", "name": "c", "key": "KEY"}
    menu = {"button": [{"name": "more", "sub_button": [view, click]}]}
    platform.ask("menu/create", menu)
    sandbox.follow("anna", silent=True)

    sandbox.do("anna", "press", button="v")
    sandbox.do("anna", "press", button="c")

    first, second = (oracle.read(request) for request in receiver.requests)
    assert isinstance(first, ViewEvent)
    assert first.url == "https://example.com/"
    assert isinstance(second, ClickEvent)
    assert second.key == "KEY"


KINDS = {
    "miniprogram": {"appid": "wx1", "pagepath": "pages/index", "url": "https://e/"},
    "scancode_push": {"key": "KEY"},
    "scancode_waitmsg": {"key": "KEY"},
    "pic_sysphoto": {"key": "KEY"},
    "pic_photo_or_album": {"key": "KEY"},
    "pic_weixin": {"key": "KEY"},
    "location_select": {"key": "KEY"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_button_pushes_what_wechat_does(
    sandbox: Sandbox, platform: Platform, receiver: Receiver, kind: str
) -> None:
    button = {"type": kind, "name": "x", **KINDS[kind]}
    platform.ask("menu/create", {"button": [button]})
    sandbox.follow("anna", silent=True)

    assert sandbox.press("anna", "x").result == "pressed"

    pushed = oracle.fields_of(receiver.requests[0])
    name = "view_miniprogram" if kind == "miniprogram" else kind
    key = "pages/index" if kind == "miniprogram" else "KEY"
    assert (pushed["Event"], pushed["EventKey"]) == (name, key)
    wanted = {"sca": "ScanCodeInfo", "pic": "SendPicsInfo", "loc": "SendLocationInfo"}
    assert wanted.get(kind[:3], "MenuId") in pushed


def test_material_and_the_consoles_own_answers_are_pushed_to_nobody(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    hello = {"type": "text", "name": "hello", "value": "欢迎"}
    sandbox.make_menu(hello, {"type": "img", "name": "picture", "value": "M"})
    sandbox.follow("anna", silent=True)

    results = [sandbox.press("anna", name).result for name in ("hello", "picture")]

    assert results == ["shown", "shown"]
    assert receiver.requests == []
    kinds = [line["kind"] for line in sandbox.person("anna")["chat"]]
    assert kinds[-4:] == ["press", "reply", "press", "shown"]


def test_any_fields_can_be_pushed(sandbox: Sandbox, receiver: Receiver) -> None:
    pictures = {"Count": 2, "PicList": {"item": [{"Md5": "a"}, {"Md5": "b"}]}}
    fields = {"MsgType": "event", "Event": "pic_weixin", "SendPicsInfo": pictures}

    sandbox.push("anna", {**fields, "CreateTime": 1348831860})

    pushed = oracle.fields_of(receiver.requests[0])
    assert pushed["CreateTime"] == "1348831860"
    assert pushed["SendPicsInfo"]["PicList"]["item"] == [{"Md5": "a"}, {"Md5": "b"}]


def test_scan_without_a_follow_pushes_nothing(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.issue_code("sunck")

    outcome = sandbox.scan("anna", "sunck")

    assert (outcome.result, outcome.delivery) == ("profile", None)
    assert receiver.requests == []
    assert sandbox.do("anna", "follow_from_profile").result == "followed"
    assert oracle.fields_of(receiver.requests[0])["EventKey"] == "qrscene_sunck"


@pytest.mark.parametrize(("waited", "key"), [(599, "qrscene_sunck"), (600, None)])
def test_who_waits_too_long_on_the_profile_page_loses_the_scene(
    sandbox: Sandbox, receiver: Receiver, waited: int, key: str | None
) -> None:
    sandbox.issue_code("sunck")

    sandbox.scan("anna", "sunck", then_follow=True, wait_seconds=waited)

    fields = oracle.fields_of(receiver.requests[0])
    assert fields["EventKey"] == key
    assert int(fields["CreateTime"]) == NOON.timestamp() + waited


def test_expired_code_leads_nowhere(sandbox: Sandbox, receiver: Receiver) -> None:
    code = sandbox.issue_code("sunck", expire_seconds=60)
    sandbox.clock(advance=60)

    outcome = sandbox.scan("anna", code.ticket, then_follow=True)
    sandbox.follow("bo", code.ticket)

    assert outcome.result == "expired"
    [request] = receiver.requests
    assert oracle.fields_of(request)["EventKey"] is None


def test_follow_from_no_profile_is_organic(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.do("anna", "follow_from_profile")

    assert oracle.fields_of(receiver.requests[0])["EventKey"] is None


def test_openid_is_the_same_for_ever_and_may_be_chosen(sandbox: Sandbox) -> None:
    sandbox.name_person("bo", "小波", openid="oABCDwxchannelsOPENID0000001")

    sandbox.follow("anna")
    before = sandbox.person("anna")["openid"]
    sandbox.unfollow("anna")
    sandbox.follow("anna")

    assert sandbox.person("anna")["openid"] == before
    assert len(before) == 28
    assert sandbox.person("bo")["openid"] == "oABCDwxchannelsOPENID0000001"
    assert AES_KEY not in str(sandbox.person("bo"))
