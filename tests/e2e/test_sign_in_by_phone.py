"""Signing in by WeChat, by hand: a browser at a desk, a phone, and the chat."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import chromium
from tests.e2e.desk_and_phone import Scene, check, set_up
from tests.e2e.world import World

pytestmark = pytest.mark.skipif(
    chromium.PATH is None, reason="the browser (Debian's chromium) is not installed"
)

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


@pytest.fixture(name="scene", params=["zh", "en"])
def scene_with_an_administrator(
    request: pytest.FixtureRequest, browser: Browser, world: World
) -> Iterator[Scene]:
    with set_up(browser, world, request.param, SAID) as scene:
        choose(scene, scene.account.slug)
        yield scene
        # Other tests look at a sign-in page without codes, however this one ended.
        scene.desk.page.context.clear_cookies()
        scene.desk.sign_in(scene.email)
        choose(scene, "")


def scan_and_confirm(scene: Scene) -> None:
    """Scan what the desk shows, open the link in the chat and press the button."""
    expect(scene.desk.page.get_by_alt_text(scene.word("picture"))).to_be_visible()
    page = scene.open_link(scene.account.sandbox.codes()[-1].scene, "confirm")
    expect(page.locator("main")).to_contain_text(scene.email)
    check(page)
    page.get_by_role("button", name=scene.word("confirm"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(scene.word("done"))
    check(page)


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
    scan_and_confirm(scene)
    page.wait_for_url("**/profile")
    expect(page.locator("main")).to_contain_text(scene.word("bound"))
    check(page)

    page.context.clear_cookies()
    page.goto("/sign-in")
    check(page)
    scene.desk.press(scene.word("scan"))
    check(page)
    scan_and_confirm(scene)

    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto("/profile")
    expect(page.locator("main")).to_contain_text(scene.email)
