"""Buttons with plain defaults."""

from wxchannels.menus.buttons import Button, Menu

CLICK = Button(name="点单", type="click", key="ORDER")
VIEW = Button(name="官网", type="view", url="https://tea.example.com/?a=1&b=2")
PAGE = Button(
    name="商城",
    type="miniprogram",
    appid="wx0123456789abcdef",
    pagepath="pages/index",
    url="https://tea.example.com/old",
)


def parent(*below: Button, name: str = "会员") -> Button:
    return Button(name=name, below=below)


MENU: Menu = (CLICK, parent(VIEW, PAGE))
