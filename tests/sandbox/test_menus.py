import json
from typing import Any

import pytest

from tests.sandbox.platform import Platform
from wxchannels.sandbox.remote import Sandbox

CLICK = {"type": "click", "name": "点单", "key": "ORDER"}
VIEW = {"type": "view", "name": "会员", "url": "https://example.com/?a=1&b=2"}


def raw(menu: object) -> bytes:
    return json.dumps(menu, ensure_ascii=False).encode()


def menu_of(*buttons: object) -> bytes:
    return raw({"button": buttons})


def test_menu_is_kept_and_taken_away(platform: Platform) -> None:
    parent = {"name": "更多", "sub_button": [VIEW]}

    created = platform.ask("menu/create", menu_of(CLICK, parent))

    assert created == {"errcode": 0, "errmsg": "ok"}
    shown = platform.ask("menu/get")["menu"]
    assert shown["button"][0] == {**CLICK, "sub_button": []}
    assert shown["button"][1]["sub_button"] == [{**VIEW, "sub_button": []}]
    assert platform.ask("menu/delete") == {"errcode": 0, "errmsg": "ok"}
    assert platform.refused("menu/get") == 46003


def test_current_menu_is_told_wherever_it_was_made(
    platform: Platform, sandbox: Sandbox
) -> None:
    current = "get_current_selfmenu_info"
    assert platform.ask(current) == {"is_menu_open": 0}
    hello = {"type": "text", "name": "你好", "value": "欢迎"}
    sandbox.make_menu(hello, {"name": "更多", "sub_button": [VIEW]})

    by_console = platform.ask(current)
    platform.ask("menu/create", menu_of(CLICK, {"name": "更多", "sub_button": [VIEW]}))
    by_program = platform.ask(current)
    platform.ask("menu/delete")

    more = {"name": "更多", "sub_button": {"list": [VIEW]}}
    assert by_console["is_menu_open"] == 1
    assert by_console["selfmenu_info"]["button"] == [hello, more]
    assert by_program["selfmenu_info"]["button"] == [CLICK, more]
    assert platform.ask(current) == {"is_menu_open": 0}


def test_only_keys_are_short(platform: Platform) -> None:
    page = {"type": "miniprogram", "name": "x", "appid": "wx1", "url": "https://e/"}

    long = menu_of({**page, "pagepath": "p" * 1024})
    too_long = menu_of({**page, "pagepath": "p" * 1025})

    assert platform.ask("menu/create", long)["errcode"] == 0
    assert platform.refused("menu/create", too_long) == 40019


def test_escaped_characters_are_refused(platform: Platform) -> None:
    escaped = json.dumps({"button": [CLICK]}).encode()
    ampersand = menu_of(VIEW).replace(b"&", b"\\u0026")

    assert platform.refused("menu/create", escaped) == 40033
    assert platform.refused("menu/create", ampersand) == 40033


def with_(button: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {**button, **changes}


def under(*buttons: object) -> dict[str, Any]:
    return {"name": "更多", "sub_button": list(buttons)}


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([CLICK] * 4, 40016),
        (["text"], 40016),
        ([with_(CLICK, name="六个汉字太长")], 40018),
        ([with_(CLICK, name="")], 40018),
        ([with_(CLICK, type="jump")], 40017),
        ([with_(CLICK, key="k" * 129)], 40019),
        ([with_(VIEW, url="h" * 1025)], 40020),
        ([{"type": "view", "name": "x"}], 40020),
        ([under(*[CLICK] * 6)], 40023),
        ([under("text")], 40023),
        ([under(under(CLICK))], 40022),
        ([under(with_(CLICK, type="jump"))], 40024),
        ([under(with_(CLICK, name="汉" * 21))], 40025),
        ([under(with_(CLICK, key=""))], 40026),
        ([under(with_(VIEW, url="h" * 1025))], 40027),
    ],
)
def test_bad_menu_is_refused(
    platform: Platform, buttons: list[object], errcode: int
) -> None:
    assert platform.refused("menu/create", menu_of(*buttons)) == errcode


def test_names_are_measured_in_bytes(platform: Platform) -> None:
    five = with_(CLICK, name="五个汉字好")
    twenty = under(with_(CLICK, name="汉" * 20))

    assert platform.ask("menu/create", menu_of(five, twenty))["errcode"] == 0
