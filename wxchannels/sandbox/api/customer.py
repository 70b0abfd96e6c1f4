"""/cgi-bin/message/custom/send."""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from wxchannels.sandbox import customer
from wxchannels.sandbox.api.gate import Call, Endpoint
from wxchannels.sandbox.api.menus import OK


def send(call: Call) -> Mapping[str, Any]:
    """Send a person a message."""
    customer.send(call.account, call.body, at=call.at)
    return OK


ENDPOINTS = (Endpoint("/cgi-bin/message/custom/send", HTTPMethod.POST, send),)
