"""A desk and a phone: what the one shows is scanned and confirmed with the other."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.visitor import Visitor, visiting
from tests.e2e.world import Connected, World

LINK = re.compile(r'<a href="([^"]+)">')
SMALL = {"viewport": {"width": 390, "height": 844}}


@dataclass(frozen=True)
class Scene:
    """An administrator at a desk, a phone, an account, and what its pages say."""

    desk: Visitor
    phone: Visitor
    account: Connected
    email: str
    said: Mapping[str, Mapping[str, str]]

    def word(self, key: str) -> str:
        return self.said[self.desk.language][key]

    def open_link(self, code: str, button: str) -> Page:
        """Scan the code, follow the link in the chat; return the page with `button`.

        On the way WeChat asks who is looking, unless it knows.
        """
        outcome = self.account.sandbox.scan("anna", code, then_follow=True)
        assert outcome.delivery
        assert outcome.delivery.reply
        found = LINK.search(str(outcome.delivery.reply["text"]))
        assert found, outcome.delivery.reply
        page = self.phone.page
        page.goto(found[1])
        # Other tests' people may be called the same.
        person = page.locator("a[href$='&person=anna']")
        goal = page.get_by_role("button", name=self.word(button), exact=True)
        person.or_(goal).wait_for()
        if person.is_visible():
            person.click()
        return page


@contextmanager
def set_up(
    browser: Browser,
    world: World,
    language: str,
    said: Mapping[str, Mapping[str, str]],
) -> Iterator[Scene]:
    """Connect an account, and sign its administrator in at the desk."""
    account = world.connect()
    account.sandbox.clock(set=datetime.now(UTC).isoformat())
    account.sandbox.name_person("anna", "小满")
    email = f"{account.slug}@example.com"
    world.admit(email)
    with (
        visiting(browser, world, language) as desk,
        visiting(browser, world, language, **SMALL) as phone,
    ):
        desk.sign_in(email)
        yield Scene(desk, phone, account, email, said)


def check(page: Page) -> None:
    """Have axe look at the page, once it is there: a click only sees it begin."""
    page.wait_for_load_state()
    assert Axe().run(page).response["violations"] == []
