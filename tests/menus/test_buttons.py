"""Menus as WeChat writes them."""

import pytest

from tests.menus.menus import CLICK, MENU, PAGE, VIEW
from wxchannels.errors import NotFoundError
from wxchannels.menus.buttons import (
    NEEDS,
    Button,
    find_button,
    get_button,
    parse_position,
    read_menu,
    write_menu,
    write_position,
)


def test_menu_is_written_as_wechat_takes_it() -> None:
    assert write_menu(MENU) == [
        {"name": "点单", "type": "click", "key": "ORDER"},
        {
            "name": "会员",
            "sub_button": [
                {"name": "官网", "type": "view", "url": VIEW.url},
                {
                    "name": "商城",
                    "type": "miniprogram",
                    "appid": PAGE.appid,
                    "pagepath": "pages/index",
                    "url": PAGE.url,
                },
            ],
        },
    ]


def test_menu_that_wechat_gives_back_is_the_one_it_got() -> None:
    given = [
        {**button, "sub_button": button.get("sub_button", [])}
        for button in write_menu(MENU)
    ]

    assert read_menu(given) == MENU


@pytest.mark.parametrize("answer", [None, {}, "text", [1, None, "text"]])
def test_what_is_no_menu_has_no_buttons(answer: object) -> None:
    assert read_menu(answer) == ()


def test_field_of_another_type_is_not_written() -> None:
    both = Button(name="x", type="click", key="K", url="https://e.example")

    assert both.written() == {"name": "x", "type": "click", "key": "K"}


@pytest.mark.parametrize("text", ["", "0", "10", "1.0", "1.1.1", "a", "-1", "1.", " 1"])
def test_bad_position_is_not_found(text: str) -> None:
    with pytest.raises(NotFoundError):
        parse_position(text)


@pytest.mark.parametrize("text", ["1", "2.1", "9.9"])
def test_position_is_read_as_it_is_written(text: str) -> None:
    assert write_position(parse_position(text)) == text


def test_button_is_found_where_it_stands() -> None:
    assert find_button(MENU, (1, 0)) == VIEW
    assert find_button(MENU, (2,)) is None
    with pytest.raises(NotFoundError):
        get_button(MENU, (0, 0))


@pytest.mark.parametrize(
    ("button", "report"),
    [
        (CLICK, ("click", "ORDER")),
        (VIEW, ("view", VIEW.url)),
        (PAGE, ("view_miniprogram", "pages/index")),
        (Button(name="x", type="scancode_waitmsg", key="S"), ("scancode_waitmsg", "S")),
        (Button(name="x", type="media_id", media_id="M"), None),
        (Button(name="x", type="jump", key="K"), None),
        (Button(name="x"), None),
    ],
)
def test_button_knows_what_its_press_pushes(
    button: Button, report: tuple[str, str] | None
) -> None:
    assert button.report == report


def test_every_type_of_wechats_is_known() -> None:
    assert len(NEEDS) == 13
