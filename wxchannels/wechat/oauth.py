"""Web authorization: who is looking at a page inside WeChat.

Its tokens are a person's and last for one page or two. They have nothing to do with
the account's access token, and no address list of the account's keeps them back.
"""

import re
import time
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import quote

import requests

from wxchannels.wechat.answers import WebToken, WebUser
from wxchannels.wechat.door import Door
from wxchannels.wechat.errors import ConfigRefusedError, TokenRefusedError

OPEN_BASE = "https://open.weixin.qq.com"
_API_BASE = "https://api.weixin.qq.com"
#: What WeChat takes and gives back unchanged.
_STATE = re.compile(r"[a-zA-Z0-9]{1,128}")


class Scope(StrEnum):
    """What a page asks to know of the person."""

    #: The openid. WeChat asks nobody.
    BASE = "snsapi_base"
    #: Name and picture as well, which the person is asked for.
    USERINFO = "snsapi_userinfo"


class OAuthClient:
    """WeChat's web authorization, as one account uses it.

    Every method that asks raises WeChatError where it does not get what it promises.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        *,
        http: requests.Session | None = None,
        api_base: str = _API_BASE,
        open_base: str = OPEN_BASE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._door = Door(api_base, http, sleep)
        self._open_base = open_base.rstrip("/")

    def __repr__(self) -> str:
        return f"OAuthClient({self._app_id!r})"

    def authorize_url(self, redirect_uri: str, *, scope: Scope, state: str) -> str:
        """Return where a browser inside WeChat is sent to.

        WeChat compares the address with a pattern: written by hand, because another
        order of the parameters opens an error page.
        """
        if not _STATE.fullmatch(state):
            raise ValueError("A state has 1 to 128 letters and digits.")
        return (
            f"{self._open_base}/connect/oauth2/authorize?appid={self._app_id}"
            f"&redirect_uri={quote(redirect_uri, safe='')}&response_type=code"
            f"&scope={scope}&state={state}#wechat_redirect"
        )

    def exchange_code(self, code: str) -> WebToken:
        """Return whose code this is; WeChat answers once, within five minutes."""
        query = {
            "appid": self._app_id,
            "secret": self._app_secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        try:
            answer = self._door.ask("/sns/oauth2/access_token", query=query)
        except TokenRefusedError as error:
            # There is no token yet: here the same code says that the secret is wrong.
            raise ConfigRefusedError(error.errcode, error.errmsg) from error
        return WebToken.read(answer)

    def user(self, token: WebToken) -> WebUser:
        """Return name and picture, which need the scope `snsapi_userinfo`."""
        query = {**_named(token), "lang": "zh_CN"}
        return WebUser.read(self._door.ask("/sns/userinfo", query=query))


def _named(token: WebToken) -> dict[str, str]:
    return {"access_token": token.value, "openid": token.openid}
