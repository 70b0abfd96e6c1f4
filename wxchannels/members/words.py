"""What we say in the chat by ourselves, in the language that the account chose.

A push names no language and no page is at hand, so these are not in the catalogues.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """Every sentence, in one language; site, member and link are filled in."""

    confirm: str
    confirm_by_link: str
    spent: str
    wrong: str
    too_many: str
    bound: str
    taken: str
    confirm_unbinding: str
    unbound: str
    sign_in: str
    own_wechat: str
    unknown_user: str


ZH = Words(
    confirm=(
        "「%(site)s」的账号「%(member)s」请求绑定这个微信。\n\n"
        "是你本人操作：把网页上显示的 4 位数字发到这里。\n"
        "不是你本人：不用理会，什么都不会改变。"
    ),
    confirm_by_link=(
        "「%(site)s」的账号「%(member)s」请求绑定这个微信。\n\n"
        '是你本人操作：<a href="%(link)s">打开这里确认</a>。\n'
        "不是你本人：不用理会，什么都不会改变。"
    ),
    spent="这个二维码已经用过或过期了，回到网页重新获取一个。",
    wrong="数字不对。看一下网页上显示的 4 位数字，再发一次。",
    too_many="错了 3 次，这个二维码已作废。回到网页重新获取一个。",
    bound=(
        "绑定成功：「%(site)s」的账号「%(member)s」和这个微信已经绑定。\n"
        "以后想解除，发送「解绑」。"
    ),
    taken=(
        "没有绑定：这个微信或账号「%(member)s」已经绑定了别的。\n"
        "要换绑，先解除原来的绑定：发送「解绑」。"
    ),
    confirm_unbinding=(
        "这个微信绑定着「%(site)s」的账号「%(member)s」。\n确定解除，发送「确认解绑」。"
    ),
    unbound="已解除和「%(site)s」账号「%(member)s」的绑定。",
    sign_in=(
        "有浏览器请求以「%(member)s」登录 wxchannels 管理后台。\n\n"
        '是你本人操作：<a href="%(link)s">打开这里确认</a>。\n'
        "不是你本人：不用理会，谁也登录不了。"
    ),
    own_wechat=(
        "wxchannels 管理后台的「%(member)s」请求以后用这个微信扫码登录。\n\n"
        '是你本人操作：<a href="%(link)s">打开这里确认</a>。\n'
        "不是你本人：不用理会，什么都不会改变。"
    ),
    unknown_user=(
        "这个微信还没有绑定管理后台的用户，不能登录。先用密码登录，再在「个人资料」里绑定。"
    ),
)
EN = Words(
    confirm=(
        "The account “%(member)s” of “%(site)s” asks to be bound to this WeChat.\n\n"
        "If this is you: send the 4 digits shown on the web page.\n"
        "If not: do nothing, and nothing will change."
    ),
    confirm_by_link=(
        "The account “%(member)s” of “%(site)s” asks to be bound to this WeChat.\n\n"
        'If this is you: <a href="%(link)s">confirm it here</a>.\n'
        "If not: do nothing, and nothing will change."
    ),
    spent="This code has been used or has expired. Get a new one on the web page.",
    wrong="Those are not the digits. Look at the web page and send them again.",
    too_many=("Wrong three times: this code is void. Get a new one on the web page."),
    bound=(
        "Done: the account “%(member)s” of “%(site)s” is bound to this WeChat.\n"
        "To undo it, send “unbind”."
    ),
    taken=(
        "Not bound: this WeChat, or the account “%(member)s”, is bound to another "
        "one.\nTo change that, undo the old binding first: send “unbind”."
    ),
    confirm_unbinding=(
        "This WeChat is bound to the account “%(member)s” of “%(site)s”.\n"
        "To undo it, send “confirm unbind”."
    ),
    unbound="Undone: the account “%(member)s” of “%(site)s” is not bound any more.",
    sign_in=(
        "A browser asks to sign in to wxchannels as “%(member)s”.\n\n"
        'If this is you: <a href="%(link)s">confirm it here</a>.\n'
        "If not: do nothing, and nobody gets in."
    ),
    own_wechat=(
        "“%(member)s” of wxchannels asks to sign in with this WeChat from now on.\n\n"
        'If this is you: <a href="%(link)s">confirm it here</a>.\n'
        "If not: do nothing, and nothing will change."
    ),
    unknown_user=(
        "This WeChat is bound to no user, so nobody can sign in with it. Sign in with "
        "the password and bind it under “My profile”."
    ),
)
LANGUAGES: Mapping[str, Words] = {"zh": ZH, "en": EN}
UNBIND = frozenset({"解绑", "解除绑定", "unbind"})
CONFIRM_UNBINDING = frozenset({"确认解绑", "confirm unbind"})
