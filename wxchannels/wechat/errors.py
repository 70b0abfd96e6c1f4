"""What can go wrong between us and WeChat.

WeChatError
├── BadSignatureError           a push WeChat did not sign, or that cannot be opened
├── MalformedPushError          a signed push we cannot read
├── WeChatUnavailableError      no usable answer: network, timeout, 5xx, HTML, busy
└── WeChatRefusedError          an answer with a non-zero errcode
    ├── TokenRefusedError       the access token is stale
    ├── ConfigRefusedError      AppID, secret, address: an administrator's job
    ├── QuotaRefusedError       too many calls, today or in this minute
    ├── RightsRefusedError      the account may not use this interface
    ├── SceneRefusedError       the QR code that was asked for cannot be made
    ├── MenuRefusedError        the menu has a button that WeChat does not take
    └── CodeRefusedError        web authorization: the code is unknown, used or too old

No sentence here is for people: who shows an error says it in the reader's language,
by `errcode`.
"""

import re

#: WeChat ends an errmsg with a request id, in one of three styles (wechat.md 0).
_REQUEST_ID = re.compile(r"(?:rid: |hint: \[|req_id: )([\w-]+)")
_REFUSED_ADDRESS = re.compile(r"invalid ip ([0-9A-Fa-f.:]+)")
_NOT_IN_WHITE_LIST = 40164
_MESSAGE_LENGTH = 500


class WeChatError(Exception):
    """Something went wrong between us and WeChat."""


class BadSignatureError(WeChatError):
    """A push that WeChat did not sign for us, or that our key does not open."""


class MalformedPushError(WeChatError):
    """A signed push that we cannot read."""


class WeChatUnavailableError(WeChatError):
    """WeChat gave no usable answer; asking again later may help."""


class WeChatRefusedError(WeChatError):
    """WeChat understood and said no."""

    def __init__(self, errcode: int, errmsg: str = "") -> None:
        self.errcode = errcode
        self.errmsg = errmsg[:_MESSAGE_LENGTH]
        super().__init__(f"WeChat error {errcode}: {self.errmsg}")

    def __reduce__(self) -> tuple[type, tuple[int, str]]:
        return type(self), (self.errcode, self.errmsg)

    @property
    def rid(self) -> str | None:
        """WeChat's name for the request: its support explains it for seven days."""
        found = _REQUEST_ID.search(self.errmsg)
        return found[1] if found else None


class TokenRefusedError(WeChatRefusedError):
    """The access token is stale or was replaced by another system."""


class ConfigRefusedError(WeChatRefusedError):
    """What we know of the account is wrong, or its administrator must act."""

    @property
    def ip(self) -> str | None:
        """The address of ours that is missing from the account's white list."""
        if self.errcode != _NOT_IN_WHITE_LIST:
            return None
        found = _REFUSED_ADDRESS.search(self.errmsg)
        return found[1] if found else None


class QuotaRefusedError(WeChatRefusedError):
    """The account asked too often; trying again at once makes it worse."""


class RightsRefusedError(WeChatRefusedError):
    """The account may not use this interface; QR codes need a verified one."""


class SceneRefusedError(WeChatRefusedError):
    """WeChat does not make the QR code that was asked for."""


class MenuRefusedError(WeChatRefusedError):
    """WeChat does not take the menu as it is."""


class CodeRefusedError(WeChatRefusedError):
    """The code of a web authorization says nothing any more, or never did."""


_CLASS_BY_ERRCODE: dict[int, type[WeChatRefusedError]] = {
    **dict.fromkeys((40001, 40014, 42001), TokenRefusedError),
    **dict.fromkeys((40013, 40125, 40164, 40243), ConfigRefusedError),
    **dict.fromkeys((41002, 41004, 50002, 61024), ConfigRefusedError),
    **dict.fromkeys((89503, 89506, 89507), ConfigRefusedError),
    **dict.fromkeys((45009, 45011, 48006), QuotaRefusedError),
    48001: RightsRefusedError,
    **dict.fromkeys((40052, 40053, 45029), SceneRefusedError),
    **dict.fromkeys((*range(40015, 40028), 40033), MenuRefusedError),
    **dict.fromkeys((40054, 40055, 40119, 40120, 40155), MenuRefusedError),
    **dict.fromkeys((40029, 40163, 41008, 42003), CodeRefusedError),
    **dict.fromkeys((45010, 53600, 65316, 65317), MenuRefusedError),
}


def refusal(errcode: int, errmsg: str = "") -> WeChatRefusedError:
    """Return the error that stands for WeChat's `errcode`."""
    return _CLASS_BY_ERRCODE.get(errcode, WeChatRefusedError)(errcode, errmsg)
