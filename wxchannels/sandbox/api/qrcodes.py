"""/cgi-bin/qrcode/create."""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from wxchannels.sandbox import qrcodes
from wxchannels.sandbox.api.gate import Call, Endpoint


def create(call: Call) -> Mapping[str, Any]:
    """Issue a code; only a temporary one says how long it is good for."""
    qrcode = qrcodes.issue(call.account, call.body, at=call.at)
    answer: dict[str, Any] = {"ticket": qrcode.ticket, "url": qrcode.url}
    if qrcode.expires_at is not None:
        answer["expire_seconds"] = qrcode.expires_at - call.at
    return answer


ENDPOINTS = (Endpoint("/cgi-bin/qrcode/create", HTTPMethod.POST, create),)
