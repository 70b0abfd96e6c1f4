"""Changing a menu: each function returns the changed one."""

from dataclasses import replace

from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.menus.buttons import (
    FIELDS,
    MOST_BELOW,
    MOST_BUTTONS,
    Button,
    Menu,
    Position,
    get_button,
)

MOST_CHARACTERS = 4096


class FullError(DomainError):
    """WeChat shows no more buttons there."""

    sentence = N_("There is no room: three buttons at most, five below each.")


class HasButtonsBelowError(DomainError):
    """A button either opens others or does something itself."""

    sentence = N_("This button opens others. Remove those first, or leave it as it is.")
    field = "type"


class OverlongError(DomainError):
    """Far more than WeChat takes: a draft keeps a mistake, not a book."""

    sentence = N_("This is far too long.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


def add_button(menu: Menu, parent: Position, button: Button) -> tuple[Menu, Position]:
    """Add the button at the end of the first level, or below `parent`."""
    _check_size(button)
    level = _level(menu, parent)
    if len(level) >= (MOST_BELOW if parent else MOST_BUTTONS):
        raise FullError
    return _put_level(menu, parent, (*level, button)), (*parent, len(level))


def change_button(menu: Menu, position: Position, button: Button) -> Menu:
    """Put the button in the place of the one there, which keeps those below it."""
    _check_size(button)
    old = get_button(menu, position)
    if old.below and not button.is_parent:
        raise HasButtonsBelowError
    level, number = _level(menu, position[:-1]), position[-1]
    changed = replace(button, below=old.below)
    return _put_level(
        menu, position[:-1], (*level[:number], changed, *level[number + 1 :])
    )


def remove_button(menu: Menu, position: Position) -> Menu:
    """Take the button away, and those below it."""
    get_button(menu, position)
    level, number = _level(menu, position[:-1]), position[-1]
    return _put_level(menu, position[:-1], (*level[:number], *level[number + 1 :]))


def move_button(menu: Menu, position: Position, step: int) -> tuple[Menu, Position]:
    """Move the button among its neighbours; at the end of them it stays."""
    button = get_button(menu, position)
    parent, number = position[:-1], position[-1]
    others = [one for place, one in enumerate(_level(menu, parent)) if place != number]
    target = min(max(number + step, 0), len(others))
    others.insert(target, button)
    return _put_level(menu, parent, tuple(others)), (*parent, target)


def _check_size(button: Button) -> None:
    for name in ("name", "type", *FIELDS):
        if len(getattr(button, name)) > MOST_CHARACTERS:
            raise OverlongError(name)


def _level(menu: Menu, parent: Position) -> Menu:
    """Return the buttons below `parent`, which has to be one that opens others."""
    if not parent:
        return menu
    button = get_button(menu, parent)
    if not button.is_parent or len(parent) > 1:
        raise NotFoundError
    return button.below


def _put_level(menu: Menu, parent: Position, level: Menu) -> Menu:
    if not parent:
        return level
    changed = replace(menu[parent[0]], below=level)
    return (*menu[: parent[0]], changed, *menu[parent[0] + 1 :])
