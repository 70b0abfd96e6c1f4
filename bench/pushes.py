"""Signed pushes as WeChat sends them."""

import hashlib
import time
from urllib.parse import urlencode

TOKEN = "benchmark"  # noqa: S105 - of an account that lives for a minute
SCENE = "counter"


def address() -> str:
    """Return the callback's address with a right signature."""
    timestamp, nonce = "1763769700", "495480231"
    joined = "".join(sorted((TOKEN, timestamp, nonce)))
    signature = hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()
    query = {"signature": signature, "timestamp": timestamp, "nonce": nonce}
    return f"/weixin/bench?{urlencode(query)}"


def follow(openid: str) -> bytes:
    """Return a follow through the benchmark's code."""
    return (
        "<xml><ToUserName><![CDATA[gh_bench]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime>"
        "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event>"
        f"<EventKey><![CDATA[qrscene_{SCENE}]]></EventKey></xml>"
    ).encode()
