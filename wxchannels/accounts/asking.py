"""Asking WeChat about many people, of whom it may know some not at all."""

from collections.abc import Sequence

from wxchannels.wechat.client import UserInfo, WeChatClient
from wxchannels.wechat.errors import WeChatRefusedError

#: Another account's openid, or of somebody who is no user any more.
UNKNOWN_OPENID = 40003


def describe(wechat: WeChatClient, openids: Sequence[str]) -> list[UserInfo]:
    """Return what WeChat says of up to 100 people, leaving out whom it does not know.

    One such openid makes WeChat refuse the whole question, so it is asked in halves.
    """
    try:
        return wechat.batch_user_info(openids)
    except WeChatRefusedError as error:
        if error.errcode != UNKNOWN_OPENID:
            raise
    if len(openids) == 1:
        return []
    half = len(openids) // 2
    return [*describe(wechat, openids[:half]), *describe(wechat, openids[half:])]
