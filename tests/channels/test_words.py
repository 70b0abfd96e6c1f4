"""What people type, and what of it is kept."""

import pytest

from wxchannels.channels.words import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("收银台\u200b", "收银台"),
        ("\ufeff收\u2060银\u00ad台 \u200e", "收银台"),
        ("a\u200db", "ab"),
        ("台\u200d", "台"),
    ],
)
def test_what_nobody_can_see_makes_no_second_name(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "👩🏽\u200d🚀",
        "🏴\U000e0067\U000e0062\U000e007f",
        "1\ufe0f⃣",
    ],
)
def test_emoji_stay_whole(text: str) -> None:
    assert one_line(f" {text} ") == text
