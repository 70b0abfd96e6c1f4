"""What WeChat answers when we ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from wxchannels.wechat.errors import WeChatUnavailableError
from wxchannels.wechat.tokens import Token

_T = TypeVar("_T")


@dataclass(frozen=True)
class Ticket:
    """A QR code that WeChat made."""

    ticket: str
    #: What the QR code says, byte for byte.
    url: str
    #: None is for ever.
    expire_seconds: int | None = None

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        """Return the ticket in an answer."""
        expire_seconds = _whole(answer, "expire_seconds") or None
        return cls(_needed(answer, "ticket"), _needed(answer, "url"), expire_seconds)


@dataclass(frozen=True, kw_only=True)
class UserInfo:
    """What WeChat says of a person; of one who does not follow, next to nothing."""

    openid: str
    subscribe: bool
    #: The latest follow: it does not tell whether there were others before.
    subscribe_time: datetime | None = None
    subscribe_scene: str = ""
    qr_scene: int = 0
    qr_scene_str: str = ""
    unionid: str | None = None
    remark: str = ""
    tagids: tuple[int, ...] = ()

    @property
    def scene(self) -> str | None:
        """The scene of the QR code that led to the latest follow."""
        if self.subscribe_scene != "ADD_SCENE_QR_CODE":
            return None
        return self.qr_scene_str or (str(self.qr_scene) if self.qr_scene else None)

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        """Return the person in an answer."""
        return cls(
            openid=_needed(answer, "openid"),
            subscribe=_whole(answer, "subscribe") == 1,
            subscribe_time=_moment(_whole(answer, "subscribe_time")),
            subscribe_scene=_text(answer, "subscribe_scene"),
            qr_scene=_whole(answer, "qr_scene"),
            qr_scene_str=_text(answer, "qr_scene_str"),
            unionid=_text(answer, "unionid") or None,
            remark=_text(answer, "remark"),
            tagids=_list(answer, "tagid_list", int),
        )


@dataclass(frozen=True)
class FollowerPage:
    """Up to 10,000 followers, in an order of WeChat's own."""

    total: int
    openids: tuple[str, ...]
    #: Where the next page begins; "" after the last.
    next_openid: str

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        """Return the page in an answer; the one after the last has no `data`."""
        listed = answer.get("data")
        openids = _list(listed, "openid", str) if isinstance(listed, dict) else ()
        return cls(_whole(answer, "total"), openids, _text(answer, "next_openid"))


@dataclass(frozen=True, kw_only=True)
class WebToken:
    """Whose code it was, and a token to ask more about the person with."""

    value: str = field(repr=False)
    openid: str = field(repr=False)
    scopes: frozenset[str]
    unionid: str | None = field(default=None, repr=False)
    #: WeChat only shows a picture of the page: the person is made up (wechat.md 7).
    is_snapshot: bool = False

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        """Return the token in an answer."""
        return cls(
            value=_needed(answer, "access_token"),
            openid=_needed(answer, "openid"),
            scopes=frozenset(_text(answer, "scope").split(",")),
            unionid=_text(answer, "unionid") or None,
            is_snapshot=_whole(answer, "is_snapshotuser") == 1,
        )


@dataclass(frozen=True, kw_only=True)
class WebUser:
    """What a person let a page know of them."""

    openid: str = field(repr=False)
    nickname: str
    headimgurl: str
    unionid: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        """Return the person in an answer."""
        return cls(
            openid=_needed(answer, "openid"),
            nickname=_text(answer, "nickname"),
            headimgurl=_text(answer, "headimgurl"),
            unionid=_text(answer, "unionid") or None,
        )


@dataclass(frozen=True)
class CurrentMenu:
    """What people see of the account's menu, whoever made it and where."""

    is_open: bool
    #: With whatever WeChat's console put into them, like texts and pictures.
    buttons: tuple[dict[str, Any], ...]

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        """Return the menu in an answer; buttons below stand in a `list` there."""
        described = answer.get("selfmenu_info")
        entries = described if isinstance(described, dict) else {}
        buttons = tuple(map(_unwrapped, _list(entries, "button", dict)))
        return cls(_whole(answer, "is_menu_open") == 1, buttons)


@dataclass(frozen=True)
class Quota:
    """How many calls a day WeChat allows of one interface."""

    daily_limit: int
    used: int
    remain: int

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        """Return the quota in an answer."""
        quota = answer.get("quota")
        if not isinstance(quota, dict):
            raise WeChatUnavailableError("The answer has no quota.")
        return cls(*(_whole(quota, name) for name in ("daily_limit", "used", "remain")))


def read_token(answer: Mapping[str, Any]) -> Token:
    """Return the access token in an answer."""
    expires_in = _whole(answer, "expires_in")
    if expires_in < 1:
        raise WeChatUnavailableError("The answer has no expires_in.")
    return Token(_needed(answer, "access_token"), expires_in)


def read_users(answer: Mapping[str, Any]) -> list[UserInfo]:
    """Return the people in an answer about many."""
    return [UserInfo.read(entry) for entry in _list(answer, "user_info_list", dict)]


def read_tags(answer: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers of the tags in an answer, by name."""
    return dict(read_tag(tag) for tag in _list(answer, "tags", dict))


def read_tag(tag: object) -> tuple[str, int]:
    """Return a tag's name and number."""
    if not isinstance(tag, dict) or not _whole(tag, "id"):
        raise WeChatUnavailableError("The answer has no tag.")
    return _text(tag, "name"), _whole(tag, "id")


def count_addresses(answer: Mapping[str, Any]) -> int:
    """Return how many addresses an answer lists."""
    return len(_list(answer, "ip_list", str))


def _unwrapped(button: dict[str, Any]) -> dict[str, Any]:
    below = button.get("sub_button")
    if not isinstance(below, dict):
        return button
    return {**button, "sub_button": list(_list(below, "list", dict))}


def _needed(answer: Mapping[str, Any], name: str) -> str:
    value = _text(answer, name)
    if not value:
        problem = f"The answer has no {name}."
        raise WeChatUnavailableError(problem)
    return value


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""


def _whole(answer: Mapping[str, Any], name: str) -> int:
    """Return the number, which WeChat may write as text; 0 where there is none."""
    value = answer.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) else 0


def _list(answer: Mapping[str, Any], name: str, kind: type[_T]) -> tuple[_T, ...]:
    """Return the entries of `kind`; whatever else stands between them is no answer."""
    value = answer.get(name)
    entries = value if isinstance(value, list) else []
    return tuple(entry for entry in entries if isinstance(entry, kind))


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None
