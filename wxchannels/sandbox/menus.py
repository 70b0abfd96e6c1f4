"""What WeChat checks before it takes a menu (wechat.md 6)."""

from collections.abc import Mapping
from typing import Any

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.errors import RefusedError

MOST_BUTTONS = 3
MOST_SUB_BUTTONS = 5
LONGEST_NAME = 16
LONGEST_SUB_NAME = 60
LONGEST_KEY = 128
LONGEST_URL = 1024

#: What each kind of button must carry.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "click": ("key",),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
    "media_id": ("media_id",),
    "view_limited": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}


def check_menu(menu: Mapping[str, Any]) -> dict[str, Any]:
    """Return `menu` as WeChat gives it back, or refuse it."""
    buttons = menu.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MOST_BUTTONS:
        raise RefusedError(40016, "invalid button size")
    return {"button": [_check_button(button) for button in buttons]}


def describe_current(account: Account) -> dict[str, Any]:
    """Return what people see, as get_current_selfmenu_info tells it."""
    menu = account.menu or account.console_menu
    if menu is None:
        return {"is_menu_open": 0}
    buttons = [_described(button) for button in menu["button"]]
    return {"is_menu_open": 1, "selfmenu_info": {"button": buttons}}


def leaves(account: Account) -> list[dict[str, Any]]:
    """Return the buttons that do something, on both levels."""
    menu = account.menu or account.console_menu or {}
    return [
        leaf
        for button in menu.get("button", [])
        for leaf in button.get("sub_button") or [button]
    ]


def _described(button: Mapping[str, Any]) -> dict[str, Any]:
    bare = {name: value for name, value in button.items() if name != "sub_button"}
    below = button.get("sub_button")
    if not below:
        return bare
    return {**bare, "sub_button": {"list": [_described(sub) for sub in below]}}


def _check_button(button: Any) -> dict[str, Any]:  # noqa: ANN401 - it is what came
    """Check a button of the first level and what hangs under it."""
    if not isinstance(button, dict):
        raise RefusedError(40016, "invalid button size")
    _check_length(button.get("name"), LONGEST_NAME, 40018, "invalid button name size")
    subs = button.get("sub_button")
    if not subs:
        _check_action(button, (40017, 40019, 40020), "button")
        return {**button, "sub_button": []}
    if not isinstance(subs, list) or len(subs) > MOST_SUB_BUTTONS:
        raise RefusedError(40023, "invalid sub button size")
    for sub in subs:
        _check_sub_button(sub)
    return {**button, "sub_button": [{**sub, "sub_button": []} for sub in subs]}


def _check_sub_button(button: Any) -> None:  # noqa: ANN401 - it is what came
    """Check a button of the second level, where the menu ends."""
    if not isinstance(button, dict):
        raise RefusedError(40023, "invalid sub button size")
    if button.get("sub_button"):
        raise RefusedError(40022, "invalid sub button level")
    _check_length(
        button.get("name"), LONGEST_SUB_NAME, 40025, "invalid sub button name size"
    )
    _check_action(button, (40024, 40026, 40027), "sub button")


def _check_action(
    button: Mapping[str, Any], errcodes: tuple[int, int, int], what: str
) -> None:
    """Check type, key and url of a button that does something."""
    bad_type, bad_key, bad_url = errcodes
    needs = NEEDS.get(str(button.get("type")))
    if needs is None:
        raise RefusedError(bad_type, f"invalid {what} type")
    if "url" in needs:
        _check_length(
            button.get("url"), LONGEST_URL, bad_url, f"invalid {what} url size"
        )
    for name in needs:
        if name != "url":
            # Only of keys the platform says how long they may be.
            most = LONGEST_KEY if name == "key" else LONGEST_URL
            _check_length(
                button.get(name), most, bad_key, f"invalid {what} {name} size"
            )


def _check_length(text: object, most: int, errcode: int, errmsg: str) -> None:
    """Count bytes, as WeChat does: a Chinese character has three."""
    if not isinstance(text, str) or not 1 <= len(text.encode()) <= most:
        raise RefusedError(errcode, errmsg)
