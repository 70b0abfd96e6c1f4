"""WeChat's refusals of a menu in plain words, and which button each may be about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wxchannels.channels import refusals
from wxchannels.channels.refusals import Explanation
from wxchannels.errors import N_
from wxchannels.menus.buttons import Button, Menu, Position, walk
from wxchannels.wechat.errors import WeChatError, WeChatRefusedError

Fits = Callable[[Button], bool]


@dataclass(frozen=True)
class Meaning:
    """What an errcode says: the sentence, and which buttons it may be about."""

    sentence: str
    #: The input of the button it belongs to.
    field: str = "type"
    #: Of which levels, the first one being 0; of none if it is about the whole menu.
    levels: tuple[int, ...] = ()
    fits: Fits = bool


@dataclass(frozen=True)
class Refusal:
    """What WeChat said of a menu, for whoever published it."""

    explanation: Explanation
    field: str = ""
    #: One button if it can be told which, several if it cannot, none if it is no one's.
    positions: tuple[Position, ...] = ()


def _acts(button: Button) -> bool:
    return not button.is_parent


def _opens(button: Button) -> bool:
    return button.is_parent


def _carries(name: str) -> Fits:
    return lambda button: name in button.action


FIRST, BELOW, BOTH = (0,), (1,), (0, 1)
BAD_TYPE = N_(
    "WeChat does not take what a press on this button does (error %(errcode)s). Choose "
    "another kind."
)
BAD_NAME = N_(
    "WeChat does not take the name of this button (error %(errcode)s). Make it shorter."
)
BAD_KEY = N_(
    "WeChat does not take the key of this button (error %(errcode)s). Make it shorter."
)
BAD_URL = N_(
    "WeChat does not take the address of this button (error %(errcode)s). Make it "
    "shorter and check how it begins."
)
BAD_DOMAIN = N_(
    "WeChat does not take the domain of this address (error %(errcode)s). Check it, or "
    "use another domain."
)
BAD_COUNT = N_(
    "WeChat does not take this number of buttons (error %(errcode)s): three at most, "
    "five below each, and none without a name."
)
UNREADABLE = N_(
    "WeChat could not read the menu (error %(errcode)s). Take unusual characters out "
    "of the names and addresses."
)
NOT_ALLOWED = N_(
    "WeChat does not let this account have a menu made by program (error %(errcode)s). "
    "That right belongs to verified accounts; WeChat’s console says which you have."
)
UNAVAILABLE = N_(
    "WeChat does not answer or is busy (no error code, or -1). Whether the menu "
    "changed is not known: ask WeChat what is live, then try again."
)
#: By errcode (wechat.md 6).
MEANINGS: Mapping[int, Meaning] = {
    40007: Meaning(
        N_(
            "WeChat does not know this material (error %(errcode)s). Copy its media_id "
            "again."
        ),
        "media_id",
        BOTH,
        _carries("media_id"),
    ),
    40015: Meaning(BAD_TYPE, "type", FIRST, _acts),
    40016: Meaning(BAD_COUNT),
    40017: Meaning(BAD_TYPE, "type", FIRST, _acts),
    40018: Meaning(BAD_NAME, "name", FIRST),
    40019: Meaning(BAD_KEY, "key", FIRST, _carries("key")),
    40020: Meaning(BAD_URL, "url", FIRST, _carries("url")),
    40021: Meaning(
        N_(
            "WeChat knows another version of the menu (error %(errcode)s). Ask what is "
            "live, then publish again."
        )
    ),
    40022: Meaning(
        N_("A menu has two levels and no more (error %(errcode)s)."),
        levels=FIRST,
        fits=_opens,
    ),
    40023: Meaning(BAD_COUNT, "type", FIRST, _opens),
    40024: Meaning(BAD_TYPE, "type", BELOW, _acts),
    40025: Meaning(BAD_NAME, "name", BELOW),
    40026: Meaning(BAD_KEY, "key", BELOW, _carries("key")),
    40027: Meaning(BAD_URL, "url", BELOW, _carries("url")),
    40033: Meaning(UNREADABLE),
    40054: Meaning(BAD_DOMAIN, "url", BELOW, _carries("url")),
    40055: Meaning(BAD_DOMAIN, "url", FIRST, _carries("url")),
    40119: Meaning(BAD_TYPE, "type", BOTH, _acts),
    40120: Meaning(BAD_TYPE, "type", BOTH, _acts),
    40155: Meaning(
        N_(
            "This address leads to another account’s page, which WeChat does not allow "
            "(error %(errcode)s)."
        ),
        "url",
        BOTH,
        _carries("url"),
    ),
    45010: Meaning(
        N_(
            "WeChat keeps no more menus for this account (error %(errcode)s). Delete "
            "those for groups of people that are not needed."
        )
    ),
    47001: Meaning(UNREADABLE),
    48001: Meaning(NOT_ALLOWED),
    53600: Meaning(
        N_(
            "WeChat does not know this article (error %(errcode)s). Copy the "
            "article_id of a published one."
        ),
        "article_id",
        BOTH,
        _carries("article_id"),
    ),
    65316: Meaning(
        N_(
            "The menu leads to too many domains (error %(errcode)s): WeChat allows "
            "three that are not its own."
        ),
        "url",
        BOTH,
        _carries("url"),
    ),
    65317: Meaning(
        N_("WeChat does not allow this address (error %(errcode)s)."),
        "url",
        BOTH,
        _carries("url"),
    ),
}


def explain(error: WeChatError, menu: Menu = ()) -> Refusal:
    """Return what `error` means for whoever published `menu`, and what to do."""
    if not isinstance(error, WeChatRefusedError):
        return Refusal(Explanation(UNAVAILABLE, {}))
    meaning = MEANINGS.get(error.errcode)
    if meaning is None:
        return Refusal(refusals.explain(error))
    positions = tuple(
        position
        for position, button in walk(menu)
        if len(position) - 1 in meaning.levels and meaning.fits(button)
    )
    explanation = Explanation(meaning.sentence, {"errcode": error.errcode})
    return Refusal(explanation, meaning.field, positions)
