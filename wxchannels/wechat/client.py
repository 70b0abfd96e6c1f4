"""What we ask of WeChat."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from wxchannels.wechat.answers import (
    CurrentMenu,
    FollowerPage,
    Quota,
    Ticket,
    UserInfo,
    count_addresses,
    read_tag,
    read_tags,
    read_token,
    read_users,
)
from wxchannels.wechat.door import Door, OnRefusal
from wxchannels.wechat.errors import (
    ConfigRefusedError,
    TokenRefusedError,
    WeChatRefusedError,
)
from wxchannels.wechat.scenes import MAX_EXPIRE_SECONDS, SceneLimitError, SceneRequest
from wxchannels.wechat.tokens import MemoryTokenStore, Token, TokenStore

__all__ = [
    "API_BASE",
    "MAX_EXPIRE_SECONDS",
    "MAX_TAGGED",
    "MAX_USERS",
    "MP_BASE",
    "CurrentMenu",
    "FollowerPage",
    "MemoryTokenStore",
    "SceneLimitError",
    "SceneRequest",
    "Ticket",
    "Token",
    "TokenStore",
    "UserInfo",
    "WeChatClient",
]

API_BASE = "https://api.weixin.qq.com"
MP_BASE = "https://mp.weixin.qq.com"
#: As many people WeChat describes in one answer.
MAX_USERS = 100
#: As many people it tags at once.
MAX_TAGGED = 50
_NO_MENU = 46003


class WeChatClient:
    """WeChat's API, as one account sees it.

    Every method raises WeChatError where it does not get what it promises.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        tokens: TokenStore,
        *,
        http: requests.Session | None = None,
        api_base: str = API_BASE,
        mp_base: str = MP_BASE,
        sleep: Callable[[float], None] = time.sleep,
        on_refusal: OnRefusal = lambda _path, _error: None,
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._tokens = tokens
        self._door = Door(api_base, http, sleep, on_refusal)
        self._mp_base = mp_base.rstrip("/")

    def __repr__(self) -> str:
        return f"WeChatClient({self._app_id!r})"

    def create_qrcode(self, request: SceneRequest) -> Ticket:
        """Have WeChat make a QR code; a permanent scene gets the same one again."""
        return Ticket.read(self._call("/cgi-bin/qrcode/create", request.body))

    def qrcode_image_url(self, ticket: str) -> str:
        """Return where WeChat shows the picture of the QR code."""
        # A ticket is base64: a bare + would arrive as a blank.
        return f"{self._mp_base}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"

    def user_info(self, openid: str) -> UserInfo:
        """Return what WeChat says of one person."""
        return UserInfo.read(self._call("/cgi-bin/user/info", openid=openid))

    def batch_user_info(self, openids: Sequence[str]) -> list[UserInfo]:
        """Return what WeChat says of up to 100 people."""
        if len(openids) > MAX_USERS:
            raise ValueError("WeChat describes at most 100 people in one answer.")
        if not openids:
            return []
        wanted = [{"openid": openid} for openid in openids]
        return read_users(
            self._call("/cgi-bin/user/info/batchget", {"user_list": wanted})
        )

    def followers(self, next_openid: str = "") -> FollowerPage:
        """Return a page of the account's followers, the first one for ""."""
        answer = self._call("/cgi-bin/user/get", next_openid=next_openid)
        return FollowerPage.read(answer)

    def tags(self) -> dict[str, int]:
        """Return the account's tags by name, and the number of each."""
        return read_tags(self._call("/cgi-bin/tags/get"))

    def create_tag(self, name: str) -> int:
        """Have WeChat make a tag, and return its number."""
        answer = self._call("/cgi-bin/tags/create", {"tag": {"name": name}})
        return read_tag(answer.get("tag"))[1]

    def tag_people(self, tag_id: int, openids: Sequence[str]) -> None:
        """Put the tag on up to 50 followers."""
        if len(openids) > MAX_TAGGED:
            raise ValueError("WeChat tags at most 50 people at once.")
        body = {"openid_list": list(openids), "tagid": tag_id}
        self._call("/cgi-bin/tags/members/batchtagging", body)

    def create_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Replace the account's menu."""
        self._call("/cgi-bin/menu/create", {"button": list(buttons)})

    def get_current_menu(self) -> CurrentMenu:
        """Return the menu that people see, made by program or in the console."""
        try:
            return CurrentMenu.read(self._call("/cgi-bin/get_current_selfmenu_info"))
        except WeChatRefusedError as error:
            if error.errcode != _NO_MENU:
                raise
        return CurrentMenu(is_open=False, buttons=())

    def delete_menu(self) -> None:
        """Take the menu away, and those for groups of people with it."""
        self._call("/cgi-bin/menu/delete")

    def check_token(self) -> int:
        """Prove that AppID, secret and our address are right.

        Returns from how many addresses WeChat pushes: a question that changes nothing.
        """
        return count_addresses(self._call("/cgi-bin/getcallbackip"))

    def quota(self, path: str) -> Quota:
        """Return how many calls of `path` WeChat still allows today."""
        return Quota.read(self._call("/cgi-bin/openapi/quota/get", {"cgi_path": path}))

    def clear_quota(self) -> None:
        """Have today's calls counted anew; WeChat does so ten times a month."""
        self._call("/cgi-bin/clear_quota", {"appid": self._app_id})

    def _call(
        self, path: str, body: Mapping[str, Any] | None = None, **query: str
    ) -> dict[str, Any]:
        """Ask with our token, renewing a stale one once."""
        token = self._tokens.token(self._fetch_token)
        try:
            return self._ask(path, body, query, token)
        except TokenRefusedError:
            # Another process may have renewed it already; the store knows.
            token = self._tokens.token(self._fetch_token, stale=token)
        return self._ask(path, body, query, token)

    def _ask(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str],
        token: str,
    ) -> dict[str, Any]:
        return self._door.ask(path, query={"access_token": token, **query}, body=body)

    def _fetch_token(self) -> Token:
        """Ask for the token that all systems of the account share.

        The plain interface would end the token of whoever asked before us.
        """
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._app_secret,
            "force_refresh": False,
        }
        try:
            answer = self._door.ask("/cgi-bin/stable_token", body=body)
        except TokenRefusedError as error:
            # Here the same code says that the secret is wrong.
            raise ConfigRefusedError(error.errcode, error.errmsg) from error
        return read_token(answer)
