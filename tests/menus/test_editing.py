"""Changing a menu."""

from dataclasses import replace

import pytest

from tests.menus.menus import CLICK, MENU, PAGE, VIEW, parent
from wxchannels.errors import NotFoundError
from wxchannels.menus.editing import (
    FullError,
    HasButtonsBelowError,
    OverlongError,
    add_button,
    change_button,
    move_button,
    remove_button,
)


def test_button_is_added_at_the_end() -> None:
    assert add_button(MENU, (), VIEW) == ((*MENU, VIEW), (2,))
    assert add_button(MENU, (1,), CLICK) == ((CLICK, parent(VIEW, PAGE, CLICK)), (1, 2))


def test_there_is_room_for_three_and_five() -> None:
    with pytest.raises(FullError):
        add_button((CLICK, CLICK, CLICK), (), VIEW)
    with pytest.raises(FullError):
        add_button((parent(*[VIEW] * 5),), (0,), VIEW)


def test_nothing_is_added_below_a_button_that_acts() -> None:
    with pytest.raises(NotFoundError):
        add_button(MENU, (0,), VIEW)
    with pytest.raises(NotFoundError):
        add_button(MENU, (1, 0), VIEW)


def test_changed_parent_keeps_what_it_opens() -> None:
    changed = change_button(MENU, (1,), parent(name="更多"))

    assert changed == (CLICK, replace(MENU[1], name="更多"))


def test_parent_does_not_lose_its_buttons_to_an_action() -> None:
    with pytest.raises(HasButtonsBelowError):
        change_button(MENU, (1,), CLICK)


def test_button_is_removed_with_those_below() -> None:
    assert remove_button(MENU, (1,)) == (CLICK,)
    assert remove_button(MENU, (1, 0)) == (CLICK, parent(PAGE))
    with pytest.raises(NotFoundError):
        remove_button(MENU, (2,))


def test_button_moves_among_its_neighbours_and_stops_at_the_end() -> None:
    assert move_button(MENU, (0,), 1) == ((MENU[1], CLICK), (1,))
    assert move_button(MENU, (1, 1), -1) == ((CLICK, parent(PAGE, VIEW)), (1, 0))
    assert move_button(MENU, (0,), -1) == (MENU, (0,))


@pytest.mark.parametrize("field", ["name", "url"])
def test_draft_keeps_mistakes_but_no_books(field: str) -> None:
    book = replace(VIEW, **{field: "x" * 4097})  # type: ignore[arg-type]

    with pytest.raises(OverlongError) as refused:
        change_button(MENU, (0,), book)

    assert refused.value.field == field
