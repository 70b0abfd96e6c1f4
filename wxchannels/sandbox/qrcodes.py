"""Issuing parametric QR codes, with all that WeChat refuses and lets pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wxchannels.sandbox.accounts import Account, QRCode
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.tickets import make_ticket, make_url

LONGEST_EXPIRE_SECONDS = 2_592_000
LARGEST_TEMPORARY = 4_294_967_295
LARGEST_PERMANENT = 100_000
LONGEST_PERMANENT_TEXT = 64
#: What a code carries whose request hid the scene where WeChat does not look.
LOST_SCENE = "0"


@dataclass(frozen=True)
class Action:
    """One of the four kinds of codes."""

    name: str
    is_permanent: bool
    is_text: bool


ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        Action("QR_SCENE", is_permanent=False, is_text=False),
        Action("QR_STR_SCENE", is_permanent=False, is_text=True),
        Action("QR_LIMIT_SCENE", is_permanent=True, is_text=False),
        Action("QR_LIMIT_STR_SCENE", is_permanent=True, is_text=True),
    )
}


def issue(account: Account, request: Mapping[str, Any], *, at: int) -> QRCode:
    """Make the code that `request` asks for; a permanent scene has one for ever."""
    action = ACTIONS.get(str(request.get("action_name")))
    if action is None:
        raise RefusedError(40052, "invalid action name")
    scene = _scene(action, request)
    if not action.is_permanent:
        lifetime = _lifetime(account, request)
        return _add(account, action, scene, at=at, lifetime_seconds=lifetime)
    key = f"{action.name}:{scene}"
    if key in account.permanent:
        return account.qrcodes[account.permanent[key]]
    _check_room(account, action)
    qrcode = _add(account, action, scene, at=at, lifetime_seconds=0)
    account.permanent[key] = qrcode.ticket
    return qrcode


def _scene(action: Action, request: Mapping[str, Any]) -> str:
    """Return the scene as pushes will carry it."""
    info = request.get("action_info")
    if not isinstance(info, dict):
        raise _bad_action_info()
    # Without this level, or with the wrong field in it, WeChat makes a code that
    # carries 0 and says nothing (wechat.md 2.1).
    given = info.get("scene")
    if not isinstance(given, dict):
        return LOST_SCENE
    return _text(action, given) if action.is_text else _number(action, given)


def _text(action: Action, given: Mapping[str, Any]) -> str:
    """Return a scene made of text; only permanent ones have a largest length."""
    if "scene_str" not in given:
        return LOST_SCENE
    text = str(given["scene_str"])
    if not text or (action.is_permanent and len(text) > LONGEST_PERMANENT_TEXT):
        raise _bad_action_info()
    return text


def _number(action: Action, given: Mapping[str, Any]) -> str:
    """Return a scene made of a number; over-large temporary ones come out cut."""
    number = given.get("scene_id")
    if not isinstance(number, int) or isinstance(number, bool):
        return LOST_SCENE
    if number < 1 or (action.is_permanent and number > LARGEST_PERMANENT):
        raise _bad_action_info()
    return str(min(number, LARGEST_TEMPORARY))


def _lifetime(account: Account, request: Mapping[str, Any]) -> int:
    """Return how many seconds a temporary code is good for."""
    seconds = request.get("expire_seconds", account.rules.default_expire_seconds)
    if not isinstance(seconds, int) or seconds < 1:
        raise _bad_action_info()
    if seconds > LONGEST_EXPIRE_SECONDS and account.rules.refuse_long_expire:
        raise _bad_action_info()
    return min(seconds, LONGEST_EXPIRE_SECONDS)


def _check_room(account: Account, action: Action) -> None:
    """Refuse one permanent code more than WeChat grants."""
    texts = [key for key in account.permanent if key.startswith("QR_LIMIT_STR_SCENE:")]
    if action.is_text and len(texts) >= account.rules.permanent_text_limit:
        raise RefusedError(45029, "qrcode count out of limit")


def _add(
    account: Account, action: Action, scene: str, *, at: int, lifetime_seconds: int
) -> QRCode:
    """Draw a code nobody has had before."""
    url = make_url(account.app_id, action.name, scene, len(account.qrcodes))
    ticket = make_ticket(account.number, url, at=at, lifetime_seconds=lifetime_seconds)
    expires_at = None if action.is_permanent else at + lifetime_seconds
    qrcode = QRCode(ticket, url, scene, action.is_text, at, expires_at)
    account.qrcodes[ticket] = qrcode
    return qrcode


def _bad_action_info() -> RefusedError:
    return RefusedError(40053, "invalid action info, please check document")
