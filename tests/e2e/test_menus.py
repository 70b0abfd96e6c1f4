"""The menu's life in a browser: taken over, changed, published, pressed, deleted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e import chromium
from tests.e2e.visitor import Visitor, visiting
from tests.e2e.world import Connected, World

pytestmark = pytest.mark.skipif(
    chromium.PATH is None, reason="the browser (Debian's chromium) is not installed"
)

SITE = {"name": "官网", "type": "view", "url": "https://tea.example.com/?a=1&b=2"}
HELLO = {"name": "你好", "type": "text", "value": "欢迎光临半亩茶"}
SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "look": "查询微信上的菜单",
        "import": "导入为草稿",
        "save": "保存草稿",
        "up": "上移一位",
        "publish": "发布",
        "name": "名称",
        "more": "更多",
        "delete": "删除微信里的菜单…",
        "delete it": "删除菜单",
        "slug": "网址里的短名",
        "published": "已发布",
        "deleted": "菜单已删除",
        "too long": "最多 16 字节",
        "undo": "撤销",
        "remove": "移除",
    },
    "en": {
        "look": "Ask WeChat what it shows",
        "import": "Import it into the draft",
        "save": "Save the draft",
        "up": "Move up",
        "publish": "Publish",
        "name": "Name",
        "more": "More",
        "delete": "Delete the menu in WeChat…",
        "delete it": "Delete the menu",
        "slug": "Short name in addresses",
        "published": "Published",
        "deleted": "The menu is deleted",
        "too long": "at most 16 bytes",
        "undo": "Undo",
        "remove": "Remove",
    },
}


@dataclass(frozen=True)
class Editor:
    """Who edits the menu of which account."""

    visitor: Visitor
    account: Connected
    has_script: bool

    def press(self, key: str) -> None:
        name = SAID[self.visitor.language][key]
        main = self.visitor.page.locator("main")
        button = main.get_by_role("button", name=name, exact=True)
        button.or_(main.get_by_role("link", name=name, exact=True)).last.click()

    def open(self) -> None:
        self.visitor.page.goto(f"/{self.account.slug}/menus")

    def choose(self, name: str) -> None:
        tree = self.visitor.page.locator(".editor .mtree")
        tree.get_by_role("link", name=re.compile(f"^{name}")).click()

    def tree(self) -> Locator:
        return self.visitor.page.locator(".editor .mtree > li > a .trunc")

    def preview(self) -> Locator:
        return self.visitor.page.locator(".phone-menu > div > a")

    def rename(self, name: str) -> None:
        self.visitor.page.locator("#name").fill(name)

    def on_phone(self) -> Locator:
        sandbox = self.account.sandbox
        self.visitor.page.goto(
            f"{sandbox.base_url}/?account={sandbox.app_id}&person=anna"
        )
        return self.visitor.page.locator(".phone-buttons > :not(input)")


@pytest.fixture(name="editor", params=["zh with scripts", "en without"])
def editor_of_an_account_from_the_console(
    request: pytest.FixtureRequest, browser: Browser, world: World
) -> Iterator[Editor]:
    language, has_script = request.param[:2], "without" not in request.param
    account = world.connect("safe")
    world.run_in_the_past(account, timedelta(minutes=10))
    account.sandbox.make_menu(SITE, HELLO)
    account.sandbox.name_person("anna", "小满")
    account.sandbox.follow("anna")
    email = f"{account.slug}@example.com"
    world.admit(email)
    with visiting(browser, world, language, java_script_enabled=has_script) as visitor:
        visitor.sign_in(email)
        yield Editor(visitor, account, has_script)


def test_menu_from_the_console_to_its_end(editor: Editor) -> None:
    page, words = editor.visitor.page, SAID[editor.visitor.language]
    expect(editor.on_phone()).to_have_text(["官网", "你好"])

    editor.open()
    editor.press("look")
    expect(page.locator("main")).to_contain_text("欢迎光临半亩茶")
    editor.press("import")
    expect(editor.tree()).to_have_text(["官网", "你好"])

    editor.choose("你好")
    editor.rename("十一月新品尝鲜")
    if editor.has_script:
        expect(editor.preview()).to_have_text(["官网", "十一月新.."])
    editor.press("save")
    expect(page.locator("#name-e")).to_contain_text(words["too long"])
    publish = page.get_by_role("button", name=words["publish"], exact=True)
    expect(publish).to_be_disabled()

    editor.rename("点单")
    editor.press("up")
    expect(editor.preview()).to_have_text(["点单", "官网"])
    editor.press("publish")
    expect(page.locator(".toasts")).to_contain_text(words["published"])

    expect(editor.on_phone()).to_have_text(["点单", "官网"])
    for name in ("点单", "官网"):
        page.locator(".phone-buttons").get_by_role("button", name=name).click()
        expect(page.get_by_role("log")).to_contain_text(name)

    editor.open()
    rows = page.locator("#clicks .tbl").first.locator("tbody tr")
    expect(rows).to_have_text(
        [re.compile(rf"{row}\s*$") for row in ("2", r"点单\s+1", r"官网\s+1")]
    )

    page.locator("main summary").first.click()
    editor.press("delete")
    page.get_by_label(words["slug"]).fill(editor.account.slug)
    editor.press("delete it")
    expect(page.locator(".toasts")).to_contain_text(words["deleted"])
    expect(editor.on_phone()).to_have_count(0)
    editor.open()
    expect(editor.tree()).to_have_text(["点单", "官网"])


def test_removed_button_comes_back(editor: Editor) -> None:
    editor.open()
    editor.press("look")
    editor.press("import")
    editor.choose("官网")

    editor.press("remove")
    expect(editor.tree()).to_have_text(["你好"])
    undo = SAID[editor.visitor.language]["undo"]
    editor.visitor.page.locator(".toasts").get_by_role("button", name=undo).last.click()

    expect(editor.tree()).to_have_text(["官网", "你好"])
