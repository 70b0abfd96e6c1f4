"""/cgi-bin/menu/create, menu/get and menu/delete."""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from wxchannels.sandbox.api.gate import Call, Endpoint
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.menus import check_menu, describe_current

OK: Mapping[str, Any] = {"errcode": 0, "errmsg": "ok"}
FIRST_MENU_ID = 208_396_938


def create(call: Call) -> Mapping[str, Any]:
    """Replace the whole menu; JSON escapes of any character are refused."""
    if b"\\u" in call.raw:
        raise RefusedError(
            40033,
            "invalid charset. please check your request, if include \\uxxxx will "
            "create fail!",
        )
    call.account.menu = check_menu(call.body)
    call.account.console_menu = None
    return OK


def show(call: Call) -> Mapping[str, Any]:
    """Return the menu that was created through the API."""
    if call.account.menu is None:
        raise RefusedError(46003, "menu no exist")
    return {"menu": {**call.account.menu, "menuid": FIRST_MENU_ID}}


def delete(call: Call) -> Mapping[str, Any]:
    """Take the menu away; that there was none is no error."""
    call.account.menu = call.account.console_menu = None
    return OK


def show_current(call: Call) -> Mapping[str, Any]:
    """Return the menu that people see, wherever it was made."""
    return describe_current(call.account)


ENDPOINTS = (
    Endpoint("/cgi-bin/menu/create", HTTPMethod.POST, create),
    Endpoint("/cgi-bin/menu/get", HTTPMethod.GET, show),
    Endpoint("/cgi-bin/menu/delete", HTTPMethod.GET, delete),
    Endpoint("/cgi-bin/get_current_selfmenu_info", HTTPMethod.GET, show_current),
)
