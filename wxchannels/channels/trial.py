"""What would this person get? The answer to a push that nobody sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from wxchannels.channels.qrcodes import main_qrcode
from wxchannels.channels.speaking import speak
from wxchannels.ledger import answers, rules
from wxchannels.ledger.answers import Answer, Code
from wxchannels.models import Account, Channel, EventClass
from wxchannels.wechat import pushes
from wxchannels.wechat.pushes import Push
from wxchannels.wechat.replies import Reply


class Event(StrEnum):
    """What the person does."""

    FOLLOW = "follow"
    RETURN = "return"
    SCAN = "scan"
    MESSAGE = "message"
    MENU = "menu"


CLASSES: Mapping[Event, EventClass] = {
    Event.FOLLOW: EventClass.NEW_FOLLOW,
    Event.RETURN: EventClass.REFOLLOW,
    Event.SCAN: EventClass.FOLLOWER_SCAN,
}


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of it."""

    push: Push
    answer: Answer
    #: What the person reads.
    reply: Reply | None
    #: The code that was scanned, where the channel has one.
    code: Code | None
    #: False where the channel's code is disabled or expired, or the channel is.
    code_speaks: bool


def try_out(
    session: Session,
    account: Account,
    event: Event,
    *,
    channel: Channel | None = None,
    text: str = "",
    openid: str,
    at: datetime,
) -> Trial:
    """Return what `openid` would read who does `event` at `at`.

    A code of `channel` is scanned; `text` is the message, or the button's key.
    """
    scene = _scene_of(channel, at)
    push = _push(account, event, scene, text, openid=openid, at=at)
    code = None
    if event in CLASSES:
        if scene:
            code = answers.find_codes(session, account.id, [scene]).get(scene)
        answer = answers.answer(account, code, CLASSES[event], at=push.created_at)
    else:
        fallback = account.reply_fallback
        rulebook = rules.read_for(session, account.id, [push], fallback)
        answer = rulebook.answer(push)
    return Trial(
        push=push,
        answer=answer,
        reply=speak(answer, push, account=account.name, time_zone=account.time_zone),
        code=code,
        code_speaks=code is not None and code.speaks_at(push.created_at),
    )


def _scene_of(channel: Channel | None, at: datetime) -> str:
    """Return the scene of the channel's current code, if it has one."""
    code = main_qrcode(channel, at) if channel else None
    return code.scene if code else ""


def _push(
    account: Account, event: Event, scene: str, text: str, *, openid: str, at: datetime
) -> Push:
    """Return the push as it is read that WeChat would send."""
    header = {
        "ToUserName": account.original_id,
        "FromUserName": openid,
        "CreateTime": str(int(at.timestamp())),
        "MsgType": "text" if event is Event.MESSAGE else "event",
    }
    said: dict[Event, dict[str, str]] = {
        Event.FOLLOW: _follow(scene),
        Event.RETURN: _follow(scene),
        Event.SCAN: {"Event": "SCAN", "EventKey": scene},
        Event.MESSAGE: {"Content": text, "MsgId": "1"},
        Event.MENU: {"Event": "CLICK", "EventKey": text},
    }
    return pushes.from_fields({**header, **said[event]})


def _follow(scene: str) -> dict[str, str]:
    return {"Event": "subscribe", "EventKey": f"qrscene_{scene}" if scene else ""}
