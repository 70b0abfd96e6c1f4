"""Pressing a button of the menu, and what WeChat pushes for each kind (wechat.md 4.1).

Whoever presses allows what the phone asks for: the code that is scanned, the picture
and the place are always the same.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.people import Outcome
from wxchannels.sandbox.pushes import make_event, make_push
from wxchannels.sandbox.relations import ChatLine, Relation

SCANNED = {"ScanType": "qrcode", "ScanResult": "https://example.com/table/7"}
PLACE = {
    "Location_X": "31.2304",
    "Location_Y": "121.4737",
    "Scale": "15",
    "Label": "上海市静安区南京西路",
    "Poiname": "",
}
PICTURE = hashlib.md5(b"a picture", usedforsecurity=False).hexdigest()
PICTURES = {"Count": 1, "PicList": {"item": [{"PicMd5Sum": PICTURE}]}}
#: What the push tells beside the key.
DETAILS: Mapping[str, Mapping[str, Any]] = {
    "scancode_push": {"ScanCodeInfo": SCANNED},
    "scancode_waitmsg": {"ScanCodeInfo": SCANNED},
    "pic_sysphoto": {"SendPicsInfo": PICTURES},
    "pic_photo_or_album": {"SendPicsInfo": PICTURES},
    "pic_weixin": {"SendPicsInfo": PICTURES},
    "location_select": {"SendLocationInfo": PLACE},
}
#: Event and what it names, where that is not the type and the key.
NAMED = {
    "click": ("CLICK", "key"),
    "view": ("VIEW", "url"),
    "miniprogram": ("view_miniprogram", "pagepath"),
}
#: Only these say of which menu they are.
WITH_MENU_ID = frozenset({"view", "miniprogram"})
MENU_ID = "208396938"


def press(
    account: Account, relation: Relation, button: Mapping[str, Any], *, at: int
) -> Outcome:
    """Press a button of the account's menu."""
    if relation.current is None:
        return Outcome("not following")
    kind = str(button.get("type"))
    if kind not in NAMED and kind not in DETAILS:
        return _show(relation, button, at=at)
    event, name = NAMED.get(kind, (kind, "key"))
    fields = make_event(event, str(button.get(name, "")))
    if kind in WITH_MENU_ID:
        fields["MenuId"] = MENU_ID
    relation.say(at, "press", name=button["name"], url=str(button.get("url", "")))
    pushed = {**fields, **DETAILS.get(kind, {})}
    return Outcome("pressed", make_push(account, relation, pushed, at=at))


def _show(relation: Relation, button: Mapping[str, Any], *, at: int) -> Outcome:
    """Show what WeChat keeps: material, or what a button of the console says."""
    relation.say(at, "press", name=button["name"])
    if button.get("type") == "text":
        reply = {"kind": "text", "text": str(button.get("value", ""))}
        relation.chat.append(ChatLine(at, "reply", {"reply": reply}))
    else:
        relation.say(at, "shown", name=button["name"])
    return Outcome("shown")
