"""From a channel to a number, by hand, in a real browser, in both languages."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Locator, expect

from tests.e2e import chromium
from tests.e2e.story import AGAIN, ALREADY, WELCOME
from tests.e2e.visitor import WORDS, Visitor, visiting
from tests.e2e.world import Connected, World

pytestmark = pytest.mark.skipif(
    chromium.PATH is None, reason="the browser (Debian's chromium) is not installed"
)

NAME = "静安寺店·收银台 🍵"
NAMES = ["桌贴", "门口海报", "外带杯套", "<b>展台</b>", "茶罐"]
PNG = b"\x89PNG\r\n\x1a\n"
#: scans, scanners, new, re-follows, follower scans, unfollows, net: three scans by one
#: person, who followed, scanned, left and came back.
FIGURES = ["3", "1", "1", "1", "1", "1", "+1"]
SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        **WORDS["zh"],
        "channels": "渠道",
        "new": "新建渠道",
        "name": "渠道名称",
        "open": "创建并生成二维码",
        "picture": f"{NAME} 的二维码",
        "waiting": "等第一次扫码",
        "follow": "关注公众号",
        "leave": "取消关注",
        "new follows": "新关注",
        "reports": "报表",
        "week": "近 7 天",
        "export": "导出 CSV",
        "many": "批量新建",
        "lines": "粘贴内容",
        "check": "检查这些行",
        "make": "生成 5 个",
        "continue": "继续",
        "zip": "全部二维码（.zip）",
        "more": "更多操作",
        "disable": "停用",
        "archive": "归档",
        "undo": "撤销",
        "on": "生效中",
        "off": "已停用",
        "away": "已归档",
        "person": "新朋友的名字",
        "add": "添加",
    },
    "en": {
        **WORDS["en"],
        "channels": "Channels",
        "new": "New channel",
        "name": "Channel name",
        "open": "Create channel and code",
        "picture": f"QR code of {NAME}",
        "waiting": "Waiting for the first scan",
        "follow": "Follow",
        "leave": "Stop following",
        "new follows": "New follows",
        "reports": "Reports",
        "week": "Last 7 days",
        "export": "Export CSV",
        "many": "Create in bulk",
        "lines": "Lines",
        "check": "Check the lines",
        "make": "Create 5 channels",
        "continue": "Continue",
        "zip": "All QR codes (.zip)",
        "more": "More actions",
        "disable": "Disable",
        "archive": "Archive",
        "undo": "Undo",
        "on": "Active",
        "off": "Disabled",
        "away": "Archived",
        "person": "Name of somebody new",
        "add": "Add",
    },
}


@dataclass(frozen=True)
class Journey:
    """Who travels, and where."""

    visitor: Visitor
    account: Connected
    has_script: bool = True

    def word(self, key: str) -> str:
        return SAID[self.visitor.language][key]

    def press(self, key: str) -> None:
        self.visitor.press(self.word(key))

    def go(self, path: str) -> None:
        self.visitor.page.goto(f"/{self.account.slug}{path}")

    def choose(self, key: str) -> None:
        """Choose from the main menu."""
        menu = self.visitor.page.locator("aside nav")
        menu.get_by_role("link", name=self.word(key), exact=True).click()

    def download(self, key: str) -> Download:
        with self.visitor.page.expect_download() as waiting:
            self.press(key)
        return waiting.value

    def on_phone(self) -> Locator:
        return self.visitor.page.get_by_role("log")


@pytest.fixture(name="journey", params=["zh", "en"])
def ready_to_start(
    request: pytest.FixtureRequest, browser: Browser, world: World
) -> Iterator[Journey]:
    language: str = request.param
    account = world.connect("safe")
    world.run_in_the_past(account, timedelta(minutes=10))
    email = f"{account.slug}@example.com"
    world.admit(email)
    with visiting(browser, world, language) as visitor:
        visitor.sign_in(email)
        yield Journey(visitor, account)


def write_greetings(journey: Journey) -> None:
    """Say what everybody is answered where a channel has no words of its own."""
    journey.go("/replies")
    fields = journey.visitor.page.locator("main textarea[name$=content]").all()
    for field, greeting in zip(fields, (WELCOME, AGAIN, ALREADY), strict=True):
        field.fill(greeting)
    journey.visitor.page.locator("main form button[type=submit]").click()


def open_channel(journey: Journey) -> str:
    """Open a channel with nothing but a name; return the address of its page."""
    page = journey.visitor.page
    journey.go("/overview")
    journey.choose("channels")
    journey.press("new")
    page.get_by_label(journey.word("name")).fill(NAME)
    journey.press("open")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_text(journey.word("waiting"))).to_be_visible()
    picture = page.get_by_alt_text(journey.word("picture"))
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    return page.url


def play_with_the_phone(journey: Journey) -> None:
    """Let somebody follow, scan, leave and come back."""
    page, sandbox = journey.visitor.page, journey.account.sandbox
    [code] = sandbox.codes()
    page.goto(f"{sandbox.base_url}/?account={sandbox.app_id}")
    page.get_by_label(journey.word("person")).fill("小满")
    journey.press("add")
    page.get_by_role("button", name=code.scene).click()
    journey.press("follow")
    expect(journey.on_phone()).to_contain_text(WELCOME)
    sandbox.clock(advance=30)
    page.get_by_role("button", name=code.scene).click()
    expect(journey.on_phone()).to_contain_text(ALREADY)
    sandbox.clock(advance=30)
    journey.press("leave")
    sandbox.clock(advance=30)
    page.get_by_role("button", name=code.scene).click()
    journey.press("follow")
    expect(journey.on_phone()).to_contain_text(AGAIN)


def see_the_channel(journey: Journey, address: str) -> None:
    """Find the new follow on the channel's own page."""
    page = journey.visitor.page
    page.goto(address)
    card = page.locator(".metric").filter(has_text=journey.word("new follows"))
    expect(card.locator(".metric-v")).to_have_text("1")


def read_the_report(journey: Journey) -> None:
    """Find the figures in the report, and in the file."""
    page = journey.visitor.page
    journey.choose("reports")
    journey.press("week")
    expect(page).to_have_url(re.compile("p=7d"))
    row = page.get_by_role("row").filter(has_text=NAME)
    assert row.locator("td.num").all_inner_texts()[:7] == FIGURES
    text = Path(journey.download("export").path()).read_text(encoding="utf-8-sig")
    [line] = [cells for cells in csv.reader(io.StringIO(text)) if cells[0] == NAME]
    assert line[2:8] == [figure.strip("+") for figure in FIGURES[:6]]


def make_many(journey: Journey) -> None:
    """Paste five names and take their pictures home."""
    page = journey.visitor.page
    journey.choose("channels")
    journey.press("many")
    page.get_by_role("textbox", name=journey.word("lines")).fill("\n".join(NAMES))
    journey.press("check")
    expect(page.get_by_role("table")).to_contain_text(NAMES[3])
    journey.press("make")
    archive_link = page.get_by_role("link", name=journey.word("zip"))
    if not journey.has_script:
        go_on(journey, archive_link)
    expect(archive_link).to_be_visible()
    with zipfile.ZipFile(journey.download("zip").path()) as archive:
        pictures = {name: archive.read(name)[:8] for name in archive.namelist()}
    assert len(pictures) == 5
    assert set(pictures.values()) == {PNG}
    assert [name for name in pictures if name.startswith("桌贴")] == ["桌贴.png"]


def go_on(journey: Journey, end: Locator) -> None:
    """Press the button again and again, as one does where no script presses it."""
    button = journey.visitor.page.get_by_role("button", name=journey.word("continue"))
    expect(button).to_be_visible()
    for _ in range(30):
        if end.is_visible():
            return
        button.click()
        expect(end.or_(button)).to_be_visible()


def change_ones_mind(journey: Journey, address: str) -> None:
    """Disable and archive the channel, and take it back each time."""
    page = journey.visitor.page
    page.goto(address)
    head = page.locator("main .head")
    for act, state in (("disable", "off"), ("archive", "away")):
        page.get_by_label(journey.word("more")).click()
        journey.press(act)
        expect(head.get_by_text(journey.word(state), exact=True)).to_be_visible()
        journey.press("undo")
        expect(head.get_by_text(journey.word("on"), exact=True)).to_be_visible()


def sign_out(journey: Journey) -> None:
    page = journey.visitor.page
    page.locator("details.me summary").click()
    journey.press("sign out")
    expect(page.get_by_label(journey.word("email"))).to_be_visible()
    journey.go("/reports")
    expect(page.get_by_label(journey.word("email"))).to_be_visible()


def test_from_a_channel_to_a_number(journey: Journey) -> None:
    write_greetings(journey)
    channel = open_channel(journey)

    play_with_the_phone(journey)

    see_the_channel(journey, channel)
    read_the_report(journey)
    make_many(journey)
    change_ones_mind(journey, channel)
    sign_out(journey)


def test_journey_needs_no_script(browser: Browser, world: World) -> None:
    account = world.connect()
    world.run_in_the_past(account, timedelta(minutes=10))
    world.admit(f"{account.slug}@example.com")
    with visiting(browser, world, java_script_enabled=False) as visitor:
        visitor.sign_in(f"{account.slug}@example.com")
        journey = Journey(visitor, account, has_script=False)
        write_greetings(journey)
        channel = open_channel(journey)

        play_with_the_phone(journey)

        see_the_channel(journey, channel)
        read_the_report(journey)
        make_many(journey)
        change_ones_mind(journey, channel)
        sign_out(journey)
