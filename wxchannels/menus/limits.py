"""What WeChat would refuse in a menu, and what people would not see of it.

Names, keys and addresses are counted in bytes of UTF-8, as WeChat counts them.
"""

import dataclasses
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from wxchannels.channels.words import has_control_characters
from wxchannels.errors import N_
from wxchannels.menus.buttons import (
    COUNTED_BY,
    MOST_BELOW,
    MOST_BUTTONS,
    NEEDS,
    Button,
    Menu,
    Position,
    walk,
)

#: By level, the first one being 0.
LONGEST_NAME = (16, 60)
#: Halves of a Chinese character, of which WeChat shows four and eight.
WIDEST_NAME = (8, 16)
LONGEST = {
    "key": 128,
    "url": 1024,
    "appid": 128,
    "pagepath": 1024,
    "media_id": 1024,
    "article_id": 1024,
}
MOST_DOMAINS = 3
#: WeChat's own pages are no foreign ones.
OWN_DOMAIN = "qq.com"
#: WeChat refuses this pair of characters wherever it stands (error 40033).
ESCAPE = "\\u"

EMPTY_MENU = N_("A menu has at least one button. To take the menu away, delete it.")
TOO_MANY = N_("WeChat shows at most three buttons at the bottom.")
TOO_MANY_BELOW = N_("A submenu has at most five buttons.")
NOTHING_BELOW = N_("Add at least one submenu button, or choose another action.")
NO_NAME = N_("Enter a name.")
LONG_NAME = N_(
    "A name here has at most %(most)s bytes, about %(characters)s Chinese characters; "
    "this one has %(bytes)s bytes."
)
WIDE_NAME = N_("The phone shows only “%(shown)s”.")
NO_TYPE = N_("Choose what the button does.")
MISSING: Mapping[str, str] = {
    "key": N_("Enter the key WeChat sends when the button is tapped."),
    "url": N_("Enter the page’s address."),
    "appid": N_("Enter the mini program’s AppID."),
    "pagepath": N_("Enter the path of the mini program’s page."),
    "media_id": N_("Enter the material’s media_id."),
    "article_id": N_("Enter the published article’s article_id."),
}
TOO_LONG = N_("This has at most %(most)s bytes; it has %(bytes)s.")
NOT_AN_ADDRESS = N_("An address begins with https:// or http:// and a domain name.")
UNPRINTABLE = N_("WeChat takes no line breaks and no invisible characters here.")
ESCAPED = N_("WeChat takes no “\\u” here.")
SAME_KEY = N_("Another button does the same: their clicks are counted together.")
MANY_DOMAINS = N_(
    "These addresses lead to %(count)s domains; WeChat takes at most three that are "
    "not its own."
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a button, or with the menu as a whole at position ()."""

    position: Position
    field: str
    sentence: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)
    #: Whether WeChat would refuse the menu; else it is only worth knowing.
    blocks: bool = True


def find_problems(menu: Menu) -> list[Problem]:
    """Return what is wrong with the menu and its buttons, in order of position."""
    problems = list(_of_menu(menu))
    counts = Counter(button.report for _, button in walk(menu))
    for position, button in walk(menu):
        problems += _of_name(position, button)
        problems += _of_action(position, button)
        if button.report and counts[button.report] > 1:
            problems.append(_shared(position, button))
    return problems


def blocks(problems: Sequence[Problem]) -> bool:
    """Say whether WeChat would refuse a menu with these problems."""
    return any(problem.blocks for problem in problems)


def visible_name(name: str, level: int) -> str:
    """Return the name as the phone shows it: what is too wide ends in two dots."""
    if _width(name) <= WIDEST_NAME[level]:
        return name
    shown = ""
    for character in name:
        if _width(shown + character) > WIDEST_NAME[level]:
            break
        shown += character
    return f"{shown}.."


def byte_count(text: str) -> int:
    """Return how long `text` is for WeChat."""
    return len(text.encode("utf-8", "surrogatepass"))


def _of_menu(menu: Menu) -> Iterator[Problem]:
    if not menu:
        yield Problem(position=(), field="menu", sentence=EMPTY_MENU)
    if len(menu) > MOST_BUTTONS:
        yield Problem(position=(), field="menu", sentence=TOO_MANY)
    count = len(_domains(menu))
    if count > MOST_DOMAINS:
        yield Problem(
            position=(),
            field="menu",
            sentence=MANY_DOMAINS,
            params={"count": count},
            blocks=False,
        )


def _of_name(position: Position, button: Button) -> Iterator[Problem]:
    level = len(position) - 1
    most, size = LONGEST_NAME[level], byte_count(button.name)
    shown = visible_name(button.name, level)
    if not button.name.strip():
        yield Problem(position=position, field="name", sentence=NO_NAME)
    yield from _of_characters(position, "name", button.name)
    if size > most:
        # A Chinese character has three bytes.
        params = {"most": most, "characters": most // 3, "bytes": size}
        yield Problem(
            position=position, field="name", sentence=LONG_NAME, params=params
        )
    if shown != button.name:
        yield Problem(
            position=position,
            field="name",
            sentence=WIDE_NAME,
            params={"shown": shown},
            blocks=False,
        )


def _of_action(position: Position, button: Button) -> Iterator[Problem]:
    if button.is_parent:
        yield from _of_parent(position, button)
    elif button.type not in NEEDS:
        yield Problem(position=position, field="type", sentence=NO_TYPE)
    else:
        for name in NEEDS[button.type]:
            yield from _of_field(position, name, getattr(button, name))


def _of_parent(position: Position, button: Button) -> Iterator[Problem]:
    if len(position) > 1:
        yield Problem(position=position, field="type", sentence=NO_TYPE)
    elif not button.below:
        yield Problem(position=position, field="type", sentence=NOTHING_BELOW)
    elif len(button.below) > MOST_BELOW:
        yield Problem(position=position, field="type", sentence=TOO_MANY_BELOW)


def _shared(position: Position, button: Button) -> Problem:
    name = COUNTED_BY.get(button.type, "key")
    return Problem(position=position, field=name, sentence=SAME_KEY, blocks=False)


def _of_field(position: Position, name: str, text: str) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(position=position, field=name, sentence=MISSING[name])
        return
    most, size = LONGEST[name], byte_count(text)
    if size > most:
        params = {"most": most, "bytes": size}
        yield Problem(position=position, field=name, sentence=TOO_LONG, params=params)
    yield from _of_characters(position, name, text)
    if name == "url" and not _is_address(text):
        yield Problem(position=position, field=name, sentence=NOT_AN_ADDRESS)


def _of_characters(position: Position, name: str, text: str) -> Iterator[Problem]:
    if has_control_characters(text):
        yield Problem(position=position, field=name, sentence=UNPRINTABLE)
    if ESCAPE in text:
        yield Problem(position=position, field=name, sentence=ESCAPED)


def _domains(menu: Menu) -> set[str]:
    hosts = {_host(button.url) for _, button in walk(menu) if button.type == "view"}
    return {host for host in hosts if host and not _is_own(host)}


def _is_own(host: str) -> bool:
    return host == OWN_DOMAIN or host.endswith(f".{OWN_DOMAIN}")


def _is_address(text: str) -> bool:
    return text.lower().startswith(("https://", "http://")) and bool(_host(text))


def _host(text: str) -> str:
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def _width(text: str) -> int:
    wide = {"W", "F"}
    return sum(2 if unicodedata.east_asian_width(c) in wide else 1 for c in text)
