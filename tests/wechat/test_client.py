import json
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from tests.wechat.conftest import API, SECRET, TOKEN_PATH, sent
from wxchannels.wechat.client import (
    MemoryTokenStore,
    SceneRequest,
    Ticket,
    WeChatClient,
)
from wxchannels.wechat.door import encode
from wxchannels.wechat.errors import (
    MenuRefusedError,
    RightsRefusedError,
    SceneRefusedError,
    WeChatUnavailableError,
)

TICKET = "gQH47joAAAAA/ASxodHRwOi8vd2Vp+GluLnFxLmNvbS9xL2taZ2Z3TVRtNzJXV1Brb3ZhYmJJ=="
OK = {"errcode": 0, "errmsg": "ok"}


def test_token_is_the_shared_one(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.get(f"{API}/cgi-bin/getcallbackip", json={"ip_list": ["127.0.0.1"]})

    client.check_token()

    body = wechat_api.calls[0].request.body
    assert isinstance(body, bytes)
    assert json.loads(body) == {
        "grant_type": "client_credential",
        "appid": "wx1",
        "secret": SECRET,
        "force_refresh": False,
    }
    assert wechat_api.calls[1].request.url == (
        f"{API}/cgi-bin/getcallbackip?access_token=T1"
    )


def test_token_is_asked_for_once(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.get(f"{API}/cgi-bin/getcallbackip", json={"ip_list": ["1", "2"]})

    counts = [client.check_token() for _ in range(3)]

    assert counts == [2, 2, 2]
    wechat_api.assert_call_count(API + TOKEN_PATH, 1)


def test_permanent_code_has_no_end(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.post(
        f"{API}/cgi-bin/qrcode/create",
        body=rf'{{"ticket":"{TICKET}","url":"http:\/\/weixin.qq.com\/q\/024"}}',
    )

    ticket = client.create_qrcode(SceneRequest.permanent("counter"))

    assert ticket == Ticket(TICKET, "http://weixin.qq.com/q/024", None)
    assert sent(wechat_api) == {
        "action_name": "QR_LIMIT_STR_SCENE",
        "action_info": {"scene": {"scene_str": "counter"}},
    }


def test_temporary_code_has_an_end(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.post(
        f"{API}/cgi-bin/qrcode/create",
        json={
            "ticket": TICKET,
            "expire_seconds": 60,
            "url": "http://weixin.qq.com/q/k",
        },
    )

    ticket = client.create_qrcode(SceneRequest.temporary(123, 60))

    assert ticket.expire_seconds == 60
    assert sent(wechat_api)["expire_seconds"] == 60


@pytest.mark.parametrize("errcode", [40052, 40053, 45029])
def test_refused_code_is_said_so(
    client: WeChatClient, wechat_api: responses.RequestsMock, errcode: int
) -> None:
    wechat_api.post(f"{API}/cgi-bin/qrcode/create", json={"errcode": errcode})

    with pytest.raises(SceneRefusedError, match=str(errcode)):
        client.create_qrcode(SceneRequest.permanent("counter"))


@pytest.mark.parametrize(
    "answer", [{"url": "http://e"}, {"ticket": "t"}, {"ticket": 5, "url": "u"}, OK]
)
def test_answer_without_a_code_is_none(
    client: WeChatClient, wechat_api: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    wechat_api.post(f"{API}/cgi-bin/qrcode/create", json=answer)

    with pytest.raises(WeChatUnavailableError, match="has no"):
        client.create_qrcode(SceneRequest.permanent("counter"))


def test_ticket_is_escaped_whole_in_the_pictures_address(client: WeChatClient) -> None:
    address = client.qrcode_image_url("a+b/c==&d e")

    assert address == (
        "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=a%2Bb%2Fc%3D%3D%26d%20e"
    )


def test_hosts_are_where_they_are_told_to_be(api: responses.RequestsMock) -> None:
    client = WeChatClient(
        "wx1",
        SECRET,
        MemoryTokenStore(),
        api_base="http://127.0.0.1:1/",
        mp_base="http://127.0.0.1:2/",
    )
    token = {"access_token": "T1", "expires_in": "7200"}
    api.post(f"http://127.0.0.1:1{TOKEN_PATH}", json=token)
    api.get("http://127.0.0.1:1/cgi-bin/getcallbackip", json={})

    count = client.check_token()

    assert count == 0
    assert client.qrcode_image_url("t").startswith("http://127.0.0.1:2/cgi-bin/")


MENU = [{"type": "view", "name": "渠道 & more", "url": "https://e/?a=1&b=2"}]


def test_menu_is_sent_as_it_is_read(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.post(f"{API}/cgi-bin/menu/create", json=OK)

    client.create_menu(MENU)

    request = wechat_api.calls[-1].request
    assert isinstance(request.body, bytes)
    assert "渠道 & more".encode() in request.body
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(request.body) == {"button": MENU}


def test_refused_menu_is_said_so(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    answer = {"errcode": 40018, "errmsg": "invalid button name size"}
    wechat_api.post(f"{API}/cgi-bin/menu/create", json=answer)

    with pytest.raises(MenuRefusedError, match="40018"):
        client.create_menu(MENU)


def test_menu_that_people_see_is_read_with_the_buttons_below(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    below = {"type": "view", "name": "会员", "url": "https://e/"}
    answer = {
        "is_menu_open": 1,
        "selfmenu_info": {
            "button": [
                {"type": "text", "name": "你好", "value": "欢迎"},
                {"name": "更多", "sub_button": {"list": [below]}},
            ]
        },
    }
    wechat_api.get(f"{API}/cgi-bin/get_current_selfmenu_info", json=answer)

    current = client.get_current_menu()

    assert current.is_open
    assert current.buttons == (
        {"type": "text", "name": "你好", "value": "欢迎"},
        {"name": "更多", "sub_button": [below]},
    )


@pytest.mark.parametrize(
    "answer", [{"is_menu_open": 0}, {"errcode": 46003, "errmsg": "menu no exist"}]
)
def test_people_may_see_no_menu(
    client: WeChatClient, wechat_api: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    wechat_api.get(f"{API}/cgi-bin/get_current_selfmenu_info", json=answer)

    current = client.get_current_menu()

    assert (current.is_open, current.buttons) == (False, ())


def test_menu_that_may_not_be_read_is_said_so(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    asked = f"{API}/cgi-bin/get_current_selfmenu_info"
    wechat_api.get(asked, json={"errcode": 48001})

    with pytest.raises(RightsRefusedError):
        client.get_current_menu()


def test_menu_is_deleted(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.get(f"{API}/cgi-bin/menu/delete", json=OK)

    client.delete_menu()

    assert wechat_api.calls[-1].request.method == "GET"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_no_text_makes_a_unicode_escape(name: str) -> None:
    body = encode({"name": name})

    said = "".join(
        character for character in name if character >= " " or character in "\t\n\r\b\f"
    )
    assert json.loads(body) == {"name": said}
    if "\\" not in name:
        assert b"\\u" not in body
