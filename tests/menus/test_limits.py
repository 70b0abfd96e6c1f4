"""What WeChat would refuse, at the very byte."""

from dataclasses import replace

import pytest

from tests.menus.menus import CLICK, MENU, PAGE, VIEW, parent
from wxchannels.menus import limits
from wxchannels.menus.buttons import NEEDS, Button, Menu, Position
from wxchannels.menus.limits import find_problems, visible_name


def blocking(menu: Menu) -> list[tuple[Position, str, str]]:
    return [
        (problem.position, problem.field, problem.sentence)
        for problem in find_problems(menu)
        if problem.blocks
    ]


def test_good_menu_has_no_problems() -> None:
    assert find_problems(MENU) == []


LONG_NAME = "一" * 20 + "a"
BAD = limits.NOT_AN_ADDRESS
LONG_URL = "https://a.example/" + "u" * 1007


@pytest.mark.parametrize(
    ("menu", "position", "field", "sentence"),
    [
        ((), (), "menu", limits.EMPTY_MENU),
        ((CLICK, VIEW, PAGE, parent(CLICK)), (), "menu", limits.TOO_MANY),
        ((replace(CLICK, name="一" * 5 + "ab"),), (0,), "name", limits.LONG_NAME),
        ((replace(CLICK, name=" "),), (0,), "name", limits.NO_NAME),
        ((replace(CLICK, name="a\nb"),), (0,), "name", limits.UNPRINTABLE),
        ((replace(CLICK, name="a\\u1"),), (0,), "name", limits.ESCAPED),
        ((parent(replace(CLICK, name=LONG_NAME)),), (0, 0), "name", limits.LONG_NAME),
        ((parent(),), (0,), "type", limits.NOTHING_BELOW),
        ((parent(*[VIEW] * 6),), (0,), "type", limits.TOO_MANY_BELOW),
        ((parent(parent()),), (0, 0), "type", limits.NO_TYPE),
        ((Button(name="x", type="jump"),), (0,), "type", limits.NO_TYPE),
        ((replace(CLICK, key="k" * 129),), (0,), "key", limits.TOO_LONG),
        ((replace(VIEW, url=LONG_URL),), (0,), "url", limits.TOO_LONG),
        ((replace(VIEW, url="javascript:alert(1)"),), (0,), "url", BAD),
        ((replace(VIEW, url="https:///page"),), (0,), "url", BAD),
        ((replace(VIEW, url="https://[x/"),), (0,), "url", BAD),
        ((replace(PAGE, pagepath=""),), (0,), "pagepath", limits.MISSING["pagepath"]),
    ],
)  # fmt: skip
def test_what_wechat_refuses_is_said_at_its_place(
    menu: Menu, position: Position, field: str, sentence: str
) -> None:
    assert (position, field, sentence) in blocking(menu)


@pytest.mark.parametrize(
    "button",
    [
        replace(CLICK, name="一二三四五a"),
        replace(CLICK, key="k" * 128),
        replace(VIEW, url="https://a.example/" + "u" * 1006),
    ],
)
def test_last_byte_is_allowed(button: Button) -> None:
    assert blocking((button,)) == []


def test_twenty_chinese_characters_are_allowed_below() -> None:
    assert blocking((parent(replace(CLICK, name="一" * 20)),)) == []


@pytest.mark.parametrize("kind", sorted(NEEDS))
def test_button_without_what_it_needs_is_refused_at_each_field(kind: str) -> None:
    fields = [field for _, field, _ in blocking((Button(name="x", type=kind),))]

    assert fields == list(NEEDS[kind])


@pytest.mark.parametrize(
    ("name", "level", "shown"),
    [
        ("十一月新", 0, "十一月新"),
        ("十一月新品", 0, "十一月新.."),
        ("Members", 0, "Members"),
        ("Membership", 0, "Membersh.."),
        ("一二三四五六七八", 1, "一二三四五六七八"),
        ("一二三四五六七八九", 1, "一二三四五六七八.."),
    ],
)
def test_phone_shows_four_characters_and_eight(
    name: str, level: int, shown: str
) -> None:
    assert visible_name(name, level) == shown


def test_what_is_not_shown_is_said_and_stops_nothing() -> None:
    [problem] = find_problems((replace(CLICK, name="十一月新品"),))

    assert (problem.sentence, problem.blocks) == (limits.WIDE_NAME, False)


def test_buttons_that_are_counted_together_are_told() -> None:
    twice = (CLICK, parent(replace(CLICK, name="再点"), VIEW))

    told = [(p.position, p.field, p.sentence) for p in find_problems(twice)]

    assert told == [((0,), "key", limits.SAME_KEY), ((1, 0), "key", limits.SAME_KEY)]


def test_fourth_foreign_domain_is_told() -> None:
    hosts = ("a.example", "b.example", "c.example", "d.example", "mp.weixin.qq.com")
    views = [replace(VIEW, name=h[0], url=f"https://{h}/") for h in hosts]

    assert find_problems((parent(*views[:3], views[4]),)) == []
    [problem] = find_problems((parent(*views),))
    assert (problem.sentence, problem.blocks) == (limits.MANY_DOMAINS, False)
