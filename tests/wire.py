"""WeChat on the wire: what it answers to a code, without a product function."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import responses
from requests import PreparedRequest

API = "https://api.weixin.qq.com"
CREATE = f"{API}/cgi-bin/qrcode/create"


@contextmanager
def wechat_on_the_wire() -> Iterator[responses.RequestsMock]:
    """Give out a token; what is answered to a code the test says."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        token = {"access_token": "token", "expires_in": 7200}
        wire.post(f"{API}/cgi-bin/stable_token", json=token)
        yield wire


def issue(wire: responses.RequestsMock) -> None:
    """Have WeChat make every code it is asked for."""
    wire.add_callback("POST", CREATE, ticket_for)


def refuse(wire: responses.RequestsMock, errcode: int, errmsg: str = "no") -> None:
    """Have WeChat refuse the next codes."""
    wire.post(CREATE, json={"errcode": errcode, "errmsg": errmsg})


def ticket_for(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
    """Return the ticket that WeChat gives, named by its scene."""
    body = json.loads(request.body or b"")
    [scene] = body["action_info"]["scene"].values()
    ticket: dict[str, object] = {
        "ticket": f"T-{scene}",
        "url": f"http://weixin.qq.com/q/{scene}",
    }
    if "expire_seconds" in body:
        ticket["expire_seconds"] = body["expire_seconds"]
    return 200, {}, json.dumps(ticket)


def asked(wire: responses.RequestsMock) -> list[dict[str, object]]:
    """Return the codes that WeChat was asked for."""
    return [
        json.loads(call.request.body or b"")
        for call in wire.calls
        if "qrcode/create" in str(call.request.url)
    ]


def show_menu(wire: responses.RequestsMock, *buttons: object, is_open: int = 1) -> None:
    """Have WeChat say that people see these buttons."""
    answer = {"is_menu_open": is_open, "selfmenu_info": {"button": list(buttons)}}
    wire.get(f"{API}/cgi-bin/get_current_selfmenu_info", json=answer)


def answer_menu(
    wire: responses.RequestsMock, what: str, errcode: int = 0, errmsg: str = "ok"
) -> None:
    """Have WeChat answer to `create` or `delete`."""
    verb = "POST" if what == "create" else "GET"
    answer = {"errcode": errcode, "errmsg": errmsg}
    wire.add(verb, f"{API}/cgi-bin/menu/{what}", json=answer)


def menus_created(wire: responses.RequestsMock) -> list[object]:
    """Return the menus that WeChat was asked to show."""
    return [
        json.loads(call.request.body or b"")["button"]
        for call in wire.calls
        if "menu/create" in str(call.request.url)
    ]
