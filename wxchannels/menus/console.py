"""The menu that WeChat shows, as one of ours: what its console made is translated.

The console knows buttons that answer by themselves. A program has to do that: a text
becomes a key that is pushed to us, material is shown by its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wxchannels.menus.buttons import Menu, Position, read_menu
from wxchannels.models import MenuDraft

#: What the console calls material that has an id.
MATERIAL = frozenset({"img", "photo", "voice", "news"})
ANSWERS = frozenset({"text", "video"})
KEY = "console-"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What the console's button did that a button of ours does not do by itself."""

    position: Position
    name: str
    #: `text` or `video`, and what was said or shown.
    type: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What WeChat showed when it was asked last."""

    menu: Menu
    losses: tuple[Loss, ...]


def shown_by_wechat(draft: MenuDraft) -> Shown | None:
    """Return the menu that WeChat told us of; None if it was never asked."""
    if draft.live is None:
        return None
    losses: list[Loss] = []
    translated = [
        _translate(entry, (number,), losses) for number, entry in enumerate(draft.live)
    ]
    return Shown(menu=read_menu(translated), losses=tuple(losses))


def _translate(
    entry: Mapping[str, Any], position: Position, losses: list[Loss]
) -> dict[str, Any]:
    below = entry.get("sub_button") or []
    if below:
        subs = [
            _translate(sub, (*position, number), losses)
            for number, sub in enumerate(below)
        ]
        return {"name": entry.get("name"), "sub_button": subs}
    kind, value = str(entry.get("type", "")), str(entry.get("value", ""))
    if kind in MATERIAL:
        return {"name": entry.get("name"), "type": "media_id", "media_id": value}
    if kind in ANSWERS:
        name = str(entry.get("name", ""))
        losses.append(Loss(position=position, name=name, type=kind, value=value))
        return {"name": name, "type": "click", "key": _key(position)}
    return dict(entry)


def _key(position: Position) -> str:
    return KEY + "-".join(str(number + 1) for number in position)
