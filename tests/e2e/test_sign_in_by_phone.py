"""Signing in by WeChat, by hand: a browser at a desk, a phone, and the chat."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e import chromium
from tests.e2e.visitor import Visitor, visiting
from tests.e2e.world import Connected, World

pytestmark = pytest.mark.skipif(
    chromium.PATH is None, reason="the browser (Debian's chromium) is not installed"
)

LINK = re.compile(r'<a href="([^"]+)">')
SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "choose": "用哪个公众号扫码登录",
        "save": "保存",
        "bind": "绑定微信",
        "show": "显示二维码",
        "confirm": "确认",
        "done": "已完成",
        "bound": "已绑定微信",
        "scan": "微信扫码登录",
        "picture": "用微信扫的二维码",
    },
    "en": {
        "choose": "Account whose codes sign users in",
        "save": "Save",
        "bind": "Bind your WeChat",
        "show": "Show the code",
        "confirm": "Confirm",
        "done": "Done",
        "bound": "Your WeChat is bound",
        "scan": "Sign in with WeChat",
        "picture": "QR code to scan with WeChat",
    },
}


@dataclass(frozen=True)
class Scene:
    """A desk, a phone, and an account whose codes sign users in."""

    desk: Visitor
    phone: Visitor
    account: Connected
    email: str

    def word(self, key: str) -> str:
        return SAID[self.desk.language][key]

    def scan_and_confirm(self) -> None:
        """Scan what the desk shows, open the link in the chat and press the button."""
        expect(self.desk.page.get_by_alt_text(self.word("picture"))).to_be_visible()
        sandbox = self.account.sandbox
        code = sandbox.codes()[-1].scene
        outcome = sandbox.scan("anna", code, then_follow=True)
        assert outcome.delivery
        reply = outcome.delivery.reply
        assert reply
        found = LINK.search(str(reply["text"]))
        assert found, reply
        page = self.phone.page
        page.goto(found[1])
        # Other tests' people may be called the same.
        person = page.locator("a[href$='&person=anna']")
        confirm = page.get_by_role("button", name=self.word("confirm"), exact=True)
        person.or_(confirm).wait_for()
        if person.is_visible():
            person.click()
        expect(page.locator("main")).to_contain_text(self.email)
        check(page)
        confirm.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(self.word("done"))
        check(page)


def check(page: Page) -> None:
    """Have axe look at the page."""
    assert Axe().run(page).response["violations"] == []


@pytest.fixture(name="scene", params=["zh", "en"])
def scene_with_an_administrator(
    request: pytest.FixtureRequest, browser: Browser, world: World
) -> Iterator[Scene]:
    account = world.connect()
    account.sandbox.clock(set=datetime.now(UTC).isoformat())
    account.sandbox.name_person("anna", "小满")
    email = f"{account.slug}@example.com"
    world.admit(email)
    small = {"viewport": {"width": 390, "height": 844}}
    with (
        visiting(browser, world, request.param) as desk,
        visiting(browser, world, request.param, **small) as phone,
    ):
        desk.sign_in(email)
        scene = Scene(desk, phone, account, email)
        choose(scene, account.slug)
        yield scene
        # Other tests look at a sign-in page without codes.
        desk.page.goto("/accounts")
        choose(scene, "")


def choose(scene: Scene, slug: str) -> None:
    """Let an account's codes sign users in."""
    page = scene.desk.page
    page.goto(f"/{scene.account.slug}/settings")
    page.goto("/accounts")
    check(page)
    select = page.get_by_label(scene.word("choose"))
    options = select.locator("option")
    # Accounts of this world share one name; the newest is the last.
    value = options.last.get_attribute("value") if slug else ""
    select.select_option(value)
    page.get_by_role("button", name=scene.word("save"), exact=True).click()


def test_phone_is_bound_once_and_then_signs_in(scene: Scene) -> None:
    page = scene.desk.page
    page.goto("/profile")
    scene.desk.press(scene.word("bind"))
    check(page)
    scene.desk.press(scene.word("show"))
    check(page)
    scene.scan_and_confirm()
    page.wait_for_url("**/profile")
    expect(page.locator("main")).to_contain_text(scene.word("bound"))
    check(page)

    page.context.clear_cookies()
    page.goto("/sign-in")
    check(page)
    scene.desk.press(scene.word("scan"))
    check(page)
    scene.scan_and_confirm()

    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto("/profile")
    expect(page.locator("main")).to_contain_text(scene.email)
