"""The words of a reply as WeChat shows them."""

import pytest

from wxchannels.web.bubbles import wechat_text


def test_a_link_works() -> None:
    shown = wechat_text('在<a href="https://a.example/?x=1&y=2">我的</a>里查看')

    assert shown == (
        '在<a href="https://a.example/?x=1&amp;y=2" rel="noreferrer nofollow"'
        ' target="_blank">我的</a>里查看'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://a.example" onclick="x()">x</a>',
        "<script>alert(1)</script>",
    ],
)
def test_everything_else_is_only_text(text: str) -> None:
    shown = wechat_text(text)

    assert "<" not in shown
    assert shown.unescape() == text
