"""A menu as WeChat takes it: up to three buttons, up to five below each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wxchannels.errors import NotFoundError

MOST_BUTTONS = 3
MOST_BELOW = 5
#: The type of a button that opens those below it: in WeChat it has none.
PARENT = ""
#: What a button of each type must carry (wechat.md 6).
NEEDS: Mapping[str, tuple[str, ...]] = {
    "view": ("url",),
    "miniprogram": ("appid", "pagepath", "url"),
    "click": ("key",),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
    "media_id": ("media_id",),
    "view_limited": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}
#: Pressing these is pushed to nobody.
UNREPORTED = frozenset(
    {"media_id", "view_limited", "article_id", "article_view_limited"}
)
#: The push names what the button carries here, else its key.
COUNTED_BY = {"view": "url", "miniprogram": "pagepath"}
EVENTS = {"miniprogram": "view_miniprogram"}
FIELDS = ("key", "url", "appid", "pagepath", "media_id", "article_id")

#: Where a button stands, counted from 0: (2,) is the third, (2, 0) the first below it.
Position = tuple[int, ...]
WRITTEN_POSITION = re.compile(r"[1-9](\.[1-9])?")


@dataclass(frozen=True, kw_only=True)
class Button:
    """A button of either level."""

    name: str
    type: str = PARENT
    key: str = ""
    url: str = ""
    appid: str = ""
    pagepath: str = ""
    media_id: str = ""
    article_id: str = ""
    below: tuple["Button", ...] = ()

    @property
    def is_parent(self) -> bool:
        """Whether a press opens the buttons below."""
        return self.type == PARENT

    @property
    def action(self) -> dict[str, str]:
        """What a press does, and with what."""
        if self.is_parent:
            return {}
        names = NEEDS.get(self.type, FIELDS)
        carried = {name: getattr(self, name) for name in names}
        return {"type": self.type, **{k: v for k, v in carried.items() if v}}

    @property
    def report(self) -> tuple[str, str] | None:
        """Event and key of the push that a press causes, if it causes one."""
        key: str = getattr(self, COUNTED_BY.get(self.type, "key"))
        if self.type not in NEEDS or self.type in UNREPORTED or not key:
            return None
        return EVENTS.get(self.type, self.type), key

    def written(self) -> dict[str, Any]:
        """Return the button as WeChat takes it."""
        if self.is_parent:
            return {"name": self.name, "sub_button": write_menu(self.below)}
        return {"name": self.name, **self.action}


Menu = tuple[Button, ...]


def read_menu(entries: object) -> Menu:
    """Return the buttons in what was stored, or in what WeChat answered."""
    found = entries if isinstance(entries, list) else []
    return tuple(_read(entry) for entry in found if isinstance(entry, Mapping))


def write_menu(menu: Sequence[Button]) -> list[dict[str, Any]]:
    """Return the buttons as WeChat takes them."""
    return [button.written() for button in menu]


def parse_position(text: str) -> Position:
    """Return the position written as `2` or `2.1`, or raise `NotFoundError`."""
    if not WRITTEN_POSITION.fullmatch(text):
        raise NotFoundError
    return tuple(int(part) - 1 for part in text.split("."))


def write_position(position: Position) -> str:
    """Return the position as people and addresses have it."""
    return ".".join(str(number + 1) for number in position)


def find_button(menu: Menu, position: Position) -> Button | None:
    """Return the button at `position`, if there is one."""
    level, found = menu, None
    for number in position:
        if not 0 <= number < len(level):
            return None
        found = level[number]
        level = found.below
    return found


def get_button(menu: Menu, position: Position) -> Button:
    """Return the button at `position`, or raise `NotFoundError`."""
    button = find_button(menu, position)
    if button is None:
        raise NotFoundError
    return button


def walk(menu: Menu) -> Iterator[tuple[Position, Button]]:
    """Return every button with its position, each parent before those below it."""
    for number, button in enumerate(menu):
        yield (number,), button
        for place, sub in enumerate(button.below):
            yield (number, place), sub


def _read(entry: Mapping[str, Any]) -> Button:
    below = read_menu(entry.get("sub_button"))
    # WeChat adds an empty list of buttons below to every one.
    kind = PARENT if below else _text(entry, "type")
    carried = {name: _text(entry, name) for name in FIELDS}
    return Button(name=_text(entry, "name"), type=kind, below=below, **carried)


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
