"""What WeChat says with an errcode that somebody asked for (wechat.md 0.1)."""

from collections.abc import Mapping

from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.tokens import NOT_LATEST

SENTENCES: Mapping[int, str] = {
    -1: "system error",
    40001: NOT_LATEST,
    40002: "invalid grant_type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40125: "invalid appsecret, view more at http://t.cn/RAEkdVq",
    40163: "code been used, hints: [ req_id: KNJZqa0152th52 ]",
    40164: "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist",
    40243: "AppSecret has been frozen",
    42001: "access_token expired",
    42003: "oauth_code expired",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45029: "qrcode count out of limit",
    48001: "api unauthorized",
    50002: "user limited",
}


def refusal(errcode: int) -> RefusedError:
    """Return WeChat's refusal with this errcode."""
    return RefusedError(errcode, SENTENCES.get(errcode, "error"))
