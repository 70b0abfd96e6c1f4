"""When two pushes are one: WeChat sends a push again when our answer is late."""

import json

from wxchannels.wechat.pushes.base import Push
from wxchannels.wechat.pushes.details import plain
from wxchannels.wechat.pushes.events import (
    Scanned,
    Subscribed,
    SubscribedByScan,
    Unsubscribed,
)


def identity(push: Push) -> tuple[str, ...]:
    """Return what is equal for all copies of `push`, and for no other of the account.

    Events carry no id. For those that move figures it is who, when and what; job
    results and the like differ in any field, so there it is all of them.
    """
    if isinstance(push, Subscribed | SubscribedByScan | Scanned | Unsubscribed):
        return (
            push.openid,
            str(int(push.created_at.timestamp())),
            push.msg_type,
            push.event,
            push.event_key,
            plain(push.fields, "MsgId"),
        )
    canonical = json.dumps(
        push.fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return (canonical,)
