"""Web authorization by hand: a browser, WeChat's pages, and what a person reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import chromium
from tests.e2e.desk_and_phone import check
from tests.e2e.visitor import Visitor, visiting
from tests.e2e.world import Connected, World

pytestmark = pytest.mark.skipif(
    chromium.PATH is None, reason="the browser (Debian's chromium) is not installed"
)

EXCHANGE = "/sns/oauth2/access_token"
SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "allow": "允许",
        "refuse": "拒绝",
        "works": "网页授权可以用了",
        "called": "你的昵称是 谷雨",
        "refused": "你没有同意授权",
        "tap": "使用完整服务",
    },
    "en": {
        "allow": "Allow",
        "refuse": "Refuse",
        "works": "Web authorization works",
        "called": "You are called 谷雨",
        "refused": "You did not agree",
        "tap": "Use full service",
    },
}


@dataclass(frozen=True)
class Phone:
    """A person's browser inside the simulated WeChat."""

    visitor: Visitor
    account: Connected

    @property
    def page(self) -> Page:
        return self.visitor.page

    def start(self, scope: str = "snsapi_userinfo") -> None:
        self.page.goto(f"/empower/{self.account.slug}?scope={scope}")

    def press(self, key: str) -> None:
        self.visitor.press(SAID[self.visitor.language][key])

    def reads(self, key: str) -> None:
        words = SAID[self.visitor.language][key]
        expect(self.page.locator("main")).to_contain_text(words)

    def check(self) -> None:
        """Have axe look at the page, which also has to fit."""
        check(self.page)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture(name="phone", params=["zh", "en"])
def phone_of_somebody(
    request: pytest.FixtureRequest, browser: Browser, world: World
) -> Iterator[Phone]:
    account = world.connect()
    account.sandbox.name_person("anna", "谷雨")
    viewport = {"width": 390, "height": 844}
    with visiting(browser, world, request.param, viewport=viewport) as visitor:
        yield Phone(visitor, account)


def test_person_agrees_and_is_known(phone: Phone) -> None:
    phone.start()
    phone.check()
    phone.page.get_by_role("link", name="谷雨").click()
    phone.check()
    phone.press("allow")

    phone.reads("works")
    phone.reads("called")
    phone.check()
    assert "code" not in phone.page.url
    assert "state" not in phone.page.url


def test_person_refuses_and_reads_so(phone: Phone) -> None:
    phone.start()
    phone.page.get_by_role("link", name="谷雨").click()
    phone.press("refuse")

    phone.reads("refused")
    phone.check()


def test_preview_says_what_to_tap_and_then_it_goes_on(phone: Phone) -> None:
    sandbox = phone.account.sandbox
    sandbox.mischief(snapshot=True)
    phone.start()
    phone.page.get_by_role("link", name="谷雨").click()
    phone.reads("tap")
    phone.check()

    sandbox.mischief(snapshot=False, code_twice=True)
    phone.page.reload()
    phone.page.get_by_role("link", name="谷雨").click()
    phone.press("allow")

    phone.reads("works")
    # Once for the preview, and once for a code that was brought twice.
    assert sandbox.calls()[EXCHANGE] == 2


def test_foreign_answer_is_told_plainly(phone: Phone) -> None:
    phone.page.goto("/auth?code=c&state=x")

    expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
    phone.check()
