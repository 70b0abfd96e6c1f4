"""WeChat's refusals, at the button where one can tell which."""

from dataclasses import replace

import pytest

from tests.menus.menus import CLICK, MENU, VIEW, parent
from wxchannels.menus import refusals
from wxchannels.menus.buttons import Position
from wxchannels.wechat.errors import WeChatUnavailableError, refusal


@pytest.mark.parametrize(
    ("errcode", "field", "positions"),
    [
        (40015, "type", ((0,),)),
        (40017, "type", ((0,),)),
        (40018, "name", ((0,), (1,))),
        (40019, "key", ((0,),)),
        (40020, "url", ()),
        (40022, "type", ((1,),)),
        (40023, "type", ((1,),)),
        (40024, "type", ((1, 0), (1, 1))),
        (40025, "name", ((1, 0), (1, 1))),
        (40026, "key", ()),
        (40027, "url", ((1, 0), (1, 1))),
        (40033, "type", ()),
        (40054, "url", ((1, 0), (1, 1))),
        (40055, "url", ()),
        (40016, "type", ()),
        (65316, "url", ((1, 0), (1, 1))),
    ],
)
def test_refusal_names_the_buttons_it_may_be_about(
    errcode: int, field: str, positions: tuple[Position, ...]
) -> None:
    refused = refusals.explain(refusal(errcode, "invalid"), MENU)

    assert f"(error {errcode})" in refused.explanation.english
    assert (refused.field, refused.positions) == (field, positions)


def test_only_button_it_can_be_is_told() -> None:
    menu = (CLICK, parent(VIEW, replace(CLICK, key="X")))

    assert refusals.explain(refusal(40054), menu).positions == ((1, 0),)


@pytest.mark.parametrize("errcode", sorted(refusals.MEANINGS))
def test_every_sentence_names_its_code(errcode: int) -> None:
    assert (
        f"(error {errcode})" in refusals.explain(refusal(errcode)).explanation.english
    )


def test_other_refusals_have_the_sentence_they_have_everywhere() -> None:
    refused = refusals.explain(refusal(45009), MENU)

    assert "used up (error 45009)" in refused.explanation.english
    assert refused.positions == ()


def test_silence_does_not_say_that_nothing_happened() -> None:
    refused = refusals.explain(WeChatUnavailableError("/cgi-bin/menu/create: timeout"))

    assert "is not known" in refused.explanation.english
