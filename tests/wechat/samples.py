"""Pushes as WeChat writes them."""

OPENID = "oABCDwxchannelsOPENID0000001"
ACCOUNT = "gh_0123456789ab"
CREATED = 1348831860
HEADER = (
    f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
    f"<FromUserName><![CDATA[{OPENID}]]></FromUserName>"
    f"<CreateTime>{CREATED}</CreateTime>"
)


def push(msg_type: str, content: str = "") -> bytes:
    return (
        f"<xml>{HEADER}<MsgType><![CDATA[{msg_type}]]></MsgType>{content}</xml>"
    ).encode()


def event(name: str, key: str | None = None, content: str = "") -> bytes:
    keyed = "" if key is None else f"<EventKey><![CDATA[{key}]]></EventKey>"
    return push("event", f"<Event><![CDATA[{name}]]></Event>{keyed}{content}")
