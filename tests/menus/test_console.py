"""Menus that WeChat's console made."""

from wxchannels.menus.buttons import Button
from wxchannels.menus.console import Loss, shown_by_wechat
from wxchannels.models import MenuDraft

MADE = [
    {"name": "你好", "type": "text", "value": "欢迎光临"},
    {
        "name": "更多",
        "sub_button": [
            {"name": "图", "type": "img", "value": "MEDIA-1"},
            {"name": "声", "type": "voice", "value": "MEDIA-2"},
            {"name": "影", "type": "video", "value": "https://v.example/1"},
            {
                "name": "文",
                "type": "news",
                "value": "MEDIA-3",
                "news_info": {"list": [{"title": "新品"}]},
            },
            {"name": "站", "type": "view", "url": "https://tea.example.com/"},
        ],
    },
]


def test_menu_nobody_asked_for_is_not_known() -> None:
    assert shown_by_wechat(MenuDraft(live=None)) is None


def test_consoles_buttons_become_ours() -> None:
    shown = shown_by_wechat(MenuDraft(live=MADE))

    assert shown
    assert shown.menu == (
        Button(name="你好", type="click", key="console-1"),
        Button(
            name="更多",
            below=(
                Button(name="图", type="media_id", media_id="MEDIA-1"),
                Button(name="声", type="media_id", media_id="MEDIA-2"),
                Button(name="影", type="click", key="console-2-3"),
                Button(name="文", type="media_id", media_id="MEDIA-3"),
                Button(name="站", type="view", url="https://tea.example.com/"),
            ),
        ),
    )


def test_what_the_console_answered_by_itself_is_told() -> None:
    shown = shown_by_wechat(MenuDraft(live=MADE))

    assert shown
    assert shown.losses == (
        Loss(position=(0,), name="你好", type="text", value="欢迎光临"),
        Loss(position=(1, 2), name="影", type="video", value="https://v.example/1"),
    )
