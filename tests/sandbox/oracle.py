"""How wechatpy reads a push and writes an answer: it shares none of our misreadings."""

import json
from typing import Any

import xmltodict
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.messages import BaseMessage
from wechatpy.utils import check_signature

from tests.sandbox.platform import AES_KEY, APP_ID, TOKEN
from tests.sandbox.receiver import Answer, Request, Script


def open_request(request: Request) -> bytes:
    """Check the signatures and return the push, opened if it was sealed."""
    query = request.query
    check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    if "encrypt_type" not in query:
        return request.body
    assert query["encrypt_type"] == "aes"
    body = request.body
    if body.startswith(b"{"):
        body = xmltodict.unparse({"xml": json.loads(body)}).encode()
    opened = crypto().decrypt_message(
        body, query["msg_signature"], query["timestamp"], query["nonce"]
    )
    return opened.encode() if isinstance(opened, str) else bytes(opened)


def read(request: Request) -> BaseMessage:
    return parse_message(open_request(request))


def crypto() -> WeChatCrypto:
    return WeChatCrypto(TOKEN, AES_KEY, APP_ID)


def sealed(reply: str) -> Script:
    """Answer with `reply`, encrypted."""

    def answer(request: Request) -> Answer:
        return 200, crypto().encrypt_message(reply, request.query["nonce"]).encode()

    return answer


def fields_of(request: Request) -> dict[str, Any]:
    opened = open_request(request)
    if opened.startswith(b"{"):
        return dict(json.loads(opened))
    return dict(xmltodict.parse(opened)["xml"])
