"""Signed pushes as WeChat sends them: follows of ever new people through codes."""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from bench.load import Request

SLUG = "bench"
PATH = f"/weixin/{SLUG}"
TOKEN = "benchmark"  # noqa: S105 - of an account that lives for a minute
ORIGINAL_ID = "gh_bench"
#: What the codes on show carry; the hot one is the first.
SCENES = tuple(f"shop-{number:02d}" for number in range(1, 21))
GREETING = "欢迎光临,点击菜单领取会员卡"
#: Fits the connection as WeChat calls it; the body's length is filled in.
HEAD = (
    "POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\n"
    "Accept: */*\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n"
)
TEMPLATE = (
    "<xml><ToUserName><![CDATA[%s]]></ToUserName>\n"
    "<FromUserName><![CDATA[%s]]></FromUserName>\n"
    "<CreateTime>%d</CreateTime>\n"
    "<MsgType><![CDATA[event]]></MsgType>\n"
    "<Event><![CDATA[subscribe]]></Event>\n"
    "<EventKey><![CDATA[qrscene_%s]]></EventKey>\n"
    "<Ticket><![CDATA[gQFZ8TwAAAAAAAAAAS5odHRwOi8vd2VpeGluLnFxLmNvbS9xLzAyWXFtZlVJ"
    "X3djQUQxMDAwMHcwN3QAAgRsWbZgAwQAAAAA]]></Ticket>\n"
    "</xml>"
)


def target(path: str = PATH) -> str:
    """Return the callback's address with a right signature, as WeChat writes it."""
    timestamp, nonce = "1763769700", "495480231"
    joined = "".join(sorted((TOKEN, timestamp, nonce)))
    signature = hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()
    query = {"signature": signature, "timestamp": timestamp, "nonce": nonce}
    return f"{path}?{urlencode(query)}"


def follow(openid: str, scene: str) -> bytes:
    """Return a follow through the code that carries `scene`."""
    return (TEMPLATE % (ORIGINAL_ID, openid, int(time.time()), scene)).encode()


def follows(
    *, path: str = PATH, scenes: Sequence[str] = SCENES
) -> Callable[[], Request]:
    """Return what makes the next follow, each of a stranger, through `scenes` in turn.

    The greeting must name the person, so an answer cannot be another one's.
    """
    head = HEAD.format(target=target(path))
    run, number = os.urandom(5).hex(), 0

    def following() -> Request:
        nonlocal number
        number += 1
        openid = f"o6_bmj{run}{number:012d}"
        body = follow(openid, scenes[number % len(scenes)])
        wire = (head % len(body)).encode() + body
        return Request(wire, expected=(b"success", openid.encode()))

    return following
