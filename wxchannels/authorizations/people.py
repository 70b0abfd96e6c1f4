"""Who a browser turned out to be, as WeChat says when it is shown a code."""

import json
from dataclasses import asdict, dataclass, field

from wxchannels.errors import N_, DomainError
from wxchannels.wechat.errors import RightsRefusedError
from wxchannels.wechat.oauth import OAuthClient, Scope


class SnapshotError(DomainError):
    """WeChat showed the page to nobody and made a person up: nothing is kept."""

    sentence = N_("WeChat is only showing a preview of this page.")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody WeChat vouches for; without `snsapi_userinfo` there is no name."""

    openid: str = field(repr=False)
    unionid: str | None = field(default=None, repr=False)
    nickname: str | None = field(default=None, repr=False)
    headimgurl: str | None = field(default=None, repr=False)

    def as_text(self) -> str:
        """Return what is kept of the person, to be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Person":
        """Return the person that `as_text` wrote down."""
        return cls(**json.loads(text))


def ask(oauth: OAuthClient, scope: str, code: str) -> Person:
    """Ask WeChat whose code it is. Raises WeChatError, and `SnapshotError`."""
    token = oauth.exchange_code(code)
    if token.is_snapshot:
        raise SnapshotError
    if scope == Scope.BASE:
        return Person(openid=token.openid, unionid=token.unionid)
    try:
        user = oauth.user(token)
    except RightsRefusedError as error:
        # What WeChat answers for a made-up person whom it forgot to mark.
        raise SnapshotError from error
    return Person(
        openid=token.openid,
        unionid=user.unionid or token.unionid,
        nickname=user.nickname or None,
        headimgurl=user.headimgurl or None,
    )
