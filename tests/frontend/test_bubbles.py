"""The words of a reply as WeChat shows them."""

import pytest

from wxchannels.web.bubbles import wechat_text


def test_a_link_works() -> None:
    shown = wechat_text('在<a href="https://a.example/?x=1&y=2">我的</a>里查看')

    assert shown == (
        '在<a href="https://a.example/?x=1&amp;y=2" rel="noreferrer nofollow"'
        ' target="_blank">我的</a>里查看'
    )


def test_a_link_to_a_mini_program_works_where_there_is_a_page() -> None:
    mini = 'data-miniprogram-appid="wx1" data-miniprogram-path="pages/a"'

    assert wechat_text(f'<a {mini} href="https://a.example">点 & 单</a>') == (
        '<a href="https://a.example" rel="noreferrer nofollow" target="_blank">'
        "点 &amp; 单</a>"
    )
    assert wechat_text(f"<a {mini}>点 & 单</a>") == (
        '<span class="wx-link">点 &amp; 单</span>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://a.example" onclick="x()">x</a>',
        "<script>alert(1)</script>",
        '<a href="https://a.example" data-miniprogram-appid="wx1">x</a>',
        "<a data-miniprogram-appid='wx1' data-miniprogram-path='\"><img src=x>'>x</a>",
    ],
)
def test_everything_else_is_only_text(text: str) -> None:
    shown = wechat_text(text)

    assert "<" not in shown
    assert shown.unescape() == text
