"""A member binds by hand: the hosted page at a desk, a phone, a link in the chat."""

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
MEMBER = "anna@shop"
SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "link": "打开对话里的链接（需要配置网页授权）",
        "save": "保存",
        "picture": "用微信扫的二维码",
        "scanned": "已扫码。",
        "bind": "绑定",
        "bound": "已绑定",
        "done": "绑定成功",
        "unbind": "解除绑定",
        "undone": "「anna@shop」没有绑定。",
    },
    "en": {
        "link": "Opening a link in the chat: needs web authorization",
        "save": "Save",
        "picture": "QR code to scan with WeChat",
        "scanned": "Scanned.",
        "bind": "Bind it",
        "bound": "Bound",
        "done": "Done. This WeChat is bound",
        "unbind": "Unbind",
        "undone": "“anna@shop” is not bound.",
    },
}


@dataclass(frozen=True)
class Scene:
    """A desk, a phone, and an account that confirms by a link."""

    desk: Visitor
    phone: Visitor
    account: Connected

    def word(self, key: str) -> str:
        return SAID[self.desk.language][key]


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
        yield Scene(desk, phone, account)


def open_link(scene: Scene, url: str) -> Page:
    """Scan the code and follow the link in the chat, through WeChat's page."""
    outcome = scene.account.sandbox.scan("anna", url, then_follow=True)
    assert outcome.delivery
    assert outcome.delivery.reply
    found = LINK.search(str(outcome.delivery.reply["text"]))
    assert found
    page = scene.phone.page
    page.goto(found[1])
    # Other tests' people may be called the same.
    person = page.locator("a[href$='&person=anna']")
    bind = page.get_by_role("button", name=scene.word("bind"), exact=True)
    person.or_(bind).wait_for()
    if person.is_visible():
        person.click()
    return page


def test_member_binds_and_staff_undoes_it(scene: Scene) -> None:
    desk, slug = scene.desk.page, scene.account.slug
    desk.goto(f"/{slug}/binding-settings")
    desk.get_by_label(scene.word("link")).check()
    scene.desk.press(scene.word("save"))

    begun = scene.account.program.post("/bindings", {"member": MEMBER})
    desk.goto(begun["page_url"])
    expect(desk.get_by_alt_text(scene.word("picture"))).to_be_visible()
    check(desk)
    phone = open_link(scene, begun["url"])
    expect(phone.locator("main")).to_contain_text(MEMBER)
    check(phone)
    # The page at the desk asks by itself what became of the code.
    expect(desk.locator("main")).to_contain_text(scene.word("scanned"))
    phone.get_by_role("button", name=scene.word("bind"), exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(scene.word("bound"))
    check(phone)
    expect(desk.locator("main")).to_contain_text(scene.word("done"))
    check(desk)

    desk.goto(f"/{slug}/bindings")
    expect(desk.locator("main")).to_contain_text(MEMBER)
    scene.desk.press(scene.word("unbind"))
    check(desk)
    desk.locator(".pop button").click()
    expect(desk.locator("body")).to_contain_text(scene.word("undone"))
    state = scene.account.program.get(f"/bindings/{begun['id']}")["state"]
    assert (begun["code"], state) == (None, "unbound")
