"""The phone page in a real browser: what the script adds, and what axe says."""

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.sandbox.receiver import Receiver
from wxchannels.sandbox.remote import Sandbox

CHROMIUM = shutil.which("chromium")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="the browser (Debian's chromium) is not installed"
)


@pytest.fixture(name="browser", scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(name="page")
def page_without_complaints(browser: Browser) -> Iterator[Page]:
    """A page in Chinese; whatever it complains about fails the test."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def test_scan_follow_and_talk(page: Page, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.issue_code("sunck")
    sandbox.name_person("anna", "小满")
    page.goto(sandbox.base_url)

    page.get_by_role("button", name="sunck").click()
    page.get_by_role("button", name="关注公众号").click()
    page.get_by_placeholder("说点什么").fill("有热的吗")
    page.get_by_role("button", name="发送").click()

    chat = page.get_by_role("log")
    expect(chat).to_contain_text("小满 关注了公众号")
    expect(chat).to_contain_text("有热的吗")
    assert len(receiver.requests) == 2


def test_what_happens_elsewhere_appears_by_itself(page: Page, sandbox: Sandbox) -> None:
    sandbox.name_person("anna", "小满")
    page.goto(sandbox.base_url)
    expect(page.get_by_text("实时")).to_be_visible()

    sandbox.follow("anna")

    expect(page.get_by_role("log")).to_contain_text("小满 关注了公众号")


def test_switch_works_at_once(page: Page, sandbox: Sandbox) -> None:
    sandbox.name_person("anna", "小满")
    page.goto(sandbox.base_url)

    page.get_by_role("switch").first.check()

    expect(page.get_by_role("switch").first).to_be_checked()
    expect(page.locator("body")).not_to_have_attribute("aria-busy", "true")
    assert sandbox.account()["mischief"]["copies"] == 3


def test_running_clock_ticks_and_theme_switches(page: Page, sandbox: Sandbox) -> None:
    sandbox.clock(go=True)
    page.goto(sandbox.base_url)
    shown = page.locator("#now").inner_text()

    page.get_by_label("切换到深色").click()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("#now")).not_to_have_text(shown)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_page_is_accessible_and_fits(
    page: Page, sandbox: Sandbox, width: int, theme: str
) -> None:
    sandbox.issue_code("sunck")
    sandbox.name_person("anna", "小满")
    sandbox.mischief(lose_answers=1)
    sandbox.follow("anna")
    sandbox.message("anna", "有热的吗")
    page.set_viewport_size({"width": width, "height": 844})

    page.goto(f"{sandbox.base_url}/?theme={theme}")

    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
