"""What changed between two menus."""

from dataclasses import replace

import pytest

from tests.menus.menus import CLICK, MENU, PAGE, VIEW, parent
from wxchannels.menus.buttons import Menu
from wxchannels.menus.differences import Kind, find_differences

Told = tuple[Kind, str, str, str, str]


def told(old: Menu, new: Menu) -> list[Told]:
    return [
        (one.kind, one.name, one.field, one.old, one.new)
        for one in find_differences(old, new)
    ]


def test_menu_does_not_differ_from_itself() -> None:
    assert told(MENU, MENU) == []


@pytest.mark.parametrize(
    ("new", "differences"),
    [
        ((*MENU, VIEW), [(Kind.ADDED, "官网", "", "", "")]),
        ((MENU[1],), [(Kind.REMOVED, "点单", "", "", "")]),
        (
            (replace(CLICK, name="下单"), MENU[1]),
            [(Kind.CHANGED, "下单", "name", "点单", "下单")],
        ),
        (
            (replace(CLICK, key="BUY"), MENU[1]),
            [(Kind.CHANGED, "点单", "key", "ORDER", "BUY")],
        ),
        ((CLICK, parent(PAGE, VIEW)), [(Kind.MOVED, "商城", "", "", "")]),
        (
            (CLICK, parent(VIEW, PAGE, CLICK)),
            [(Kind.ADDED, "点单", "", "", "")],
        ),
        (
            (CLICK, parent(VIEW)),
            [(Kind.REMOVED, "商城", "", "", "")],
        ),
        (
            (replace(VIEW, name="点单"), MENU[1]),
            [
                (Kind.CHANGED, "点单", "type", "click", "view"),
                (Kind.CHANGED, "点单", "key", "ORDER", ""),
                (Kind.CHANGED, "点单", "url", "", VIEW.url),
            ],
        ),
    ],
)
def test_difference_is_told(new: Menu, differences: list[Told]) -> None:
    assert told(MENU, new) == differences


def test_button_at_the_same_place_was_changed_and_not_replaced() -> None:
    both = told((CLICK,), (replace(VIEW, name="x"),))

    assert {kind for kind, *_ in both} == {Kind.CHANGED}


def test_only_what_left_the_order_moved() -> None:
    a, b, c = (replace(CLICK, name=name) for name in "abc")

    assert told((a, b, c), (c, a, b)) == [(Kind.MOVED, "c", "", "", "")]
