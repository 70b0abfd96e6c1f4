"""Pushes as WeChat sends them, written by hand: no product code makes them."""

import hashlib
from datetime import datetime
from urllib.parse import urlencode

from wechatpy.crypto import WeChatCrypto

from tests import factories

TIMESTAMP, NONCE = "1763769700", "495480231"


def event(
    name: str,
    key: str | None = "",
    *,
    openid: str = "anna",
    at: datetime = factories.NOON,
    ticket: str | None = None,
) -> bytes:
    """Return an event's XML; `key=None` leaves EventKey out."""
    parts = [
        f"<ToUserName><![CDATA[{factories.ORIGINAL_ID}]]></ToUserName>",
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>",
        f"<CreateTime>{int(at.timestamp())}</CreateTime>",
        "<MsgType><![CDATA[event]]></MsgType>",
        f"<Event><![CDATA[{name}]]></Event>",
    ]
    if key is not None:
        parts.append(f"<EventKey><![CDATA[{key}]]></EventKey>")
    if ticket is not None:
        parts.append(f"<Ticket><![CDATA[{ticket}]]></Ticket>")
    return f"<xml>{''.join(parts)}</xml>".encode()


def subscribe(
    scene: str | None = None, *, openid: str = "anna", at: datetime = factories.NOON
) -> bytes:
    """Return a follow, through the code of `scene` if there is one."""
    key = "" if scene is None else f"qrscene_{scene}"
    return event("subscribe", key, openid=openid, at=at)


def scan(scene: str, *, openid: str = "anna", at: datetime = factories.NOON) -> bytes:
    """Return a scan by a follower."""
    return event("SCAN", scene, openid=openid, at=at, ticket="TICKET")


def unsubscribe(*, openid: str = "anna", at: datetime = factories.NOON) -> bytes:
    """Return an unfollow."""
    return event("unsubscribe", "", openid=openid, at=at)


def text(content: str, *, openid: str = "anna", message_id: int = 1) -> bytes:
    """Return a text message."""
    return (
        f"<xml><ToUserName><![CDATA[{factories.ORIGINAL_ID}]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{int(factories.NOON.timestamp())}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content>"
        f"<MsgId>{message_id}</MsgId></xml>"
    ).encode()


def sha1(*parts: str) -> str:
    """Return WeChat's signature of `parts`, worked out here."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - WeChat's own


def signed(slug: str = "main", **more: str) -> str:
    """Return the callback's address with a right signature."""
    query = {
        "signature": sha1(factories.TOKEN, TIMESTAMP, NONCE),
        "timestamp": TIMESTAMP,
        "nonce": NONCE,
        **more,
    }
    return f"/weixin/{slug}?{urlencode(query)}"


def sealed(push: bytes) -> tuple[str, bytes]:
    """Return address and body of `push` in safe mode, sealed by wechatpy."""
    crypto = WeChatCrypto(factories.TOKEN, factories.AES_KEY, factories.APP_ID)
    body = crypto.encrypt_message(push.decode(), NONCE, TIMESTAMP)
    encrypted = body.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    signature = sha1(factories.TOKEN, TIMESTAMP, NONCE, encrypted)
    address = signed(encrypt_type="aes", msg_signature=signature)
    xml = (
        f"<xml><ToUserName><![CDATA[{factories.ORIGINAL_ID}]]></ToUserName>"
        f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    )
    return address, xml.encode()
