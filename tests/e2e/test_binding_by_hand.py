"""A member binds by hand: the hosted page at a desk, a phone, a link in the chat."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import chromium
from tests.e2e.desk_and_phone import Scene, check, set_up
from tests.e2e.world import World

pytestmark = pytest.mark.skipif(
    chromium.PATH is None, reason="the browser (Debian's chromium) is not installed"
)

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


@pytest.fixture(name="scene", params=["zh", "en"])
def scene_with_an_administrator(
    request: pytest.FixtureRequest, browser: Browser, world: World
) -> Iterator[Scene]:
    with set_up(browser, world, request.param, SAID) as scene:
        yield scene


def test_member_binds_and_staff_undoes_it(scene: Scene) -> None:
    desk, slug = scene.desk.page, scene.account.slug
    desk.goto(f"/{slug}/binding-settings")
    desk.get_by_label(scene.word("link")).check()
    scene.desk.press(scene.word("save"))

    begun = scene.account.program.post("/bindings", {"member": MEMBER})
    desk.goto(begun["page_url"])
    expect(desk.get_by_alt_text(scene.word("picture"))).to_be_visible()
    check(desk)
    phone = scene.open_link(begun["url"], "bind")
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
