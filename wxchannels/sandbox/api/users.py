"""/cgi-bin/user/info, user/info/batchget and user/get."""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.api.gate import Call, Endpoint
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.relations import Way

MOST_AT_ONCE = 100


def show(call: Call) -> Mapping[str, Any]:
    """Tell what is known of one person."""
    return describe(call.account, call.query.get("openid"))


def show_many(call: Call) -> Mapping[str, Any]:
    """Tell what is known of up to a hundred people."""
    asked = call.body.get("user_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MOST_AT_ONCE:
        raise RefusedError(40032, "invalid openid list size")
    openids = [one.get("openid") if isinstance(one, dict) else None for one in asked]
    return {"user_info_list": [describe(call.account, openid) for openid in openids]}


def describe(account: Account, openid: object) -> dict[str, Any]:
    """Return user/info of one openid: of a stranger only that they do not follow."""
    relation = account.relations.get(str(openid))
    if relation is None:
        raise RefusedError(40003, "invalid openid")
    current = relation.current
    if current is None:
        return {"subscribe": 0, "openid": relation.openid}
    qrcode = account.qrcodes.get(current.ticket or "")
    scene = qrcode.scene if qrcode and current.way is Way.QR_CODE else ""
    is_text = qrcode is not None and qrcode.is_text
    return {
        "subscribe": 1,
        "openid": relation.openid,
        "nickname": "",
        "sex": 0,
        "language": "zh_CN",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "subscribe_time": current.started_at,
        "remark": "",
        "groupid": relation.tags[0] if relation.tags else 0,
        "tagid_list": relation.tags,
        "subscribe_scene": current.way.value,
        "qr_scene": int(scene) if scene and not is_text else 0,
        "qr_scene_str": scene if is_text else "",
    }


def list_openids(call: Call) -> Mapping[str, Any]:
    """Return a page of the followers, in an order that has nothing to do with time."""
    openids = sorted(
        openid
        for openid, relation in call.account.relations.items()
        if relation.current is not None
    )
    after = call.query.get("next_openid", "")
    rest = [openid for openid in openids if openid > after]
    page = rest[: call.account.rules.page_size]
    answer: dict[str, Any] = {"total": len(openids), "count": len(page)}
    if page:
        answer["data"] = {"openid": page}
    # The page behind the last one has neither data nor a next one (wechat.md 9.2).
    return {**answer, "next_openid": page[-1] if page else ""}


ENDPOINTS = (
    Endpoint("/cgi-bin/user/info", HTTPMethod.GET, show),
    Endpoint("/cgi-bin/user/info/batchget", HTTPMethod.POST, show_many),
    Endpoint("/cgi-bin/user/get", HTTPMethod.GET, list_openids),
)
