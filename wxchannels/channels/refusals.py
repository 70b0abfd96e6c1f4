"""WeChat's refusals in plain words: what it means, what to do, and the code."""

from dataclasses import dataclass
from http import HTTPStatus

from wxchannels.errors import N_
from wxchannels.wechat.errors import (
    ConfigRefusedError,
    SceneRefusedError,
    WeChatError,
    WeChatRefusedError,
)

#: By errcode (wechat.md 0.1 and 2.1). A code that is not here has the last sentence.
SENTENCES: dict[int, str] = {
    40001: N_(
        "WeChat does not accept our access token, nor the new one it gave us (error "
        "%(errcode)s). The AppSecret may have been reset: check it on the account page."
    ),
    40013: N_(
        "WeChat does not know this AppID (error %(errcode)s). Copy it again from "
        "WeChat’s console to the account page."
    ),
    40125: N_(
        "WeChat says the AppSecret is wrong (error %(errcode)s). Reset it in WeChat’s "
        "console and enter the new one on the account page."
    ),
    40164: N_(
        "WeChat does not know this server’s address (error %(errcode)s). Add %(ip)s to "
        "the IP white list in WeChat’s console, wait a minute and try again."
    ),
    40243: N_(
        "The AppSecret is frozen (error %(errcode)s). The account’s administrator "
        "thaws it in WeChat’s console."
    ),
    41001: N_(
        "WeChat did not get all it needs from us (error %(errcode)s). The mistake is "
        "in this software, or in a proxy on the way to WeChat. Try again, and tell "
        "whoever runs this server."
    ),
    45009: N_(
        "Today’s calls to WeChat are used up (error %(errcode)s). Try again after "
        "midnight, Beijing time."
    ),
    45011: N_(
        "WeChat is being asked too often (error %(errcode)s). Wait a minute and try "
        "again."
    ),
    45029: N_(
        "The account has no permanent codes left: WeChat gives 100,000 (error "
        "%(errcode)s). Make a temporary code instead."
    ),
    45056: N_(
        "The account has 100 tags, and WeChat allows no more (error %(errcode)s). "
        "Delete one in WeChat’s console, or give the channel a tag that is there "
        "already; then send it again."
    ),
    45059: N_(
        "This person has 20 tags, and WeChat allows no more (error %(errcode)s). Take "
        "one off in WeChat’s console, then send it again. Others are tagged meanwhile."
    ),
    45157: N_(
        "WeChat does not take the tag’s name (error %(errcode)s): another tag may have "
        "it, or it holds a word that is not allowed. Change it on the channel or its "
        "group, then send it again."
    ),
    45158: N_(
        "The tag’s name is too long for WeChat (error %(errcode)s): 30 bytes, which "
        "is ten Chinese characters. Shorten it on the channel or its group, then send "
        "it again."
    ),
    48001: N_(
        "This account may not make such codes (error %(errcode)s). WeChat gives that "
        "right to verified service accounts and to test accounts."
    ),
    48006: N_(
        "WeChat’s quota cannot be reset again this month (error %(errcode)s). Wait "
        "until midnight, Beijing time."
    ),
    50002: N_(
        "WeChat has restricted this account (error %(errcode)s). Look into WeChat’s "
        "console for the reason."
    ),
    40052: N_(
        "WeChat does not make this kind of code (error %(errcode)s). Choose permanent "
        "or temporary, and try again."
    ),
    40053: N_(
        "WeChat does not take this scene (error %(errcode)s). Choose a shorter one of "
        "letters and digits, or leave it empty."
    ),
    61024: N_(
        "This AppID belongs to a third-party platform (error %(errcode)s). Enter the "
        "official account’s own AppID on the account page."
    ),
    89503: N_(
        "WeChat has asked the account’s administrator to confirm this server (error "
        "%(errcode)s). Try again after the confirmation."
    ),
    89506: N_(
        "The account’s administrator has refused this server (error %(errcode)s). It "
        "can be asked for again after 24 hours."
    ),
    89507: N_(
        "The account’s administrator has refused this server (error %(errcode)s). It "
        "can be asked for again after an hour."
    ),
}
#: WeChat uses other codes for the same thing.
SAME_AS = {
    **dict.fromkeys((40014, 42001), 40001),
    **dict.fromkeys((40002, 41002, 41004, 43002), 41001),
}
OTHER = N_(
    "WeChat refused (error %(errcode)s). Its words are: %(errmsg)s. Try again in a "
    "minute; if it stays, look the code up in WeChat’s list of return codes, and at "
    "the account’s health page."
)
UNAVAILABLE = N_(
    "WeChat does not answer or is busy (no error code, or -1). Nothing was kept here, "
    "though WeChat may have done what was asked. Try again in a minute: that does no "
    "harm."
)
UNKNOWN_ADDRESS = N_("this server’s public address")
RATE_LIMITS = {45009, 45011}
#: No permanent code is left for any scene.
NONE_LEFT = 45029


@dataclass(frozen=True)
class Explanation:
    """A sentence to translate, and what to fill in."""

    sentence: str
    params: dict[str, object]

    @property
    def english(self) -> str:
        """The sentence as it is written here, for logs, the command line and rows."""
        return self.sentence % self.params


def explain(error: WeChatError) -> Explanation:
    """Return what `error` means for whoever asked for a code, and what to do."""
    if not isinstance(error, WeChatRefusedError):
        return Explanation(UNAVAILABLE, {})
    return explain_code(error.errcode, errmsg=error.errmsg, ip=_address(error))


def explain_code(
    errcode: int, *, errmsg: str = "", ip: str | None = None
) -> Explanation:
    """Return what WeChat's `errcode` means and what to do."""
    sentence = SENTENCES.get(SAME_AS.get(errcode, errcode), OTHER)
    address = ip or UNKNOWN_ADDRESS
    return Explanation(sentence, {"errcode": errcode, "errmsg": errmsg, "ip": address})


def status_of(error: WeChatError) -> int:
    """Return the HTTP status an API answers with where WeChat refused."""
    if isinstance(error, SceneRefusedError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, WeChatRefusedError) and error.errcode in RATE_LIMITS:
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.SERVICE_UNAVAILABLE


def is_about_the_row(error: WeChatError) -> bool:
    """Say whether only this code is refused; else the next would be, too."""
    return isinstance(error, SceneRefusedError) and error.errcode != NONE_LEFT


def _address(error: WeChatRefusedError) -> str | None:
    return error.ip if isinstance(error, ConfigRefusedError) else None
