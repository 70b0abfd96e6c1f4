"""Every page, wide and narrow, light and dark: what axe says, and that it fits."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e import chromium, servers
from tests.e2e.visitor import Visitor, visiting
from tests.e2e.world import Connected, World

pytestmark = pytest.mark.skipif(
    chromium.PATH is None, reason="the browser (Debian's chromium) is not installed"
)

CREATE = "/cgi-bin/qrcode/create"
LONG = "A name of sixty-four letters, which is as long as names can be 🍵"
#: By the width that axe looks at: those in which no page may scroll sideways.
WIDTHS = {1440: (768, 1024, 1280, 1440), 390: (360, 390)}
#: Colours fade from theme to theme; half-way nobody reads them.
AT_REST = "Promise.all(document.getAnimations().map(one => one.finished))"
FITS = "document.documentElement.scrollWidth <= innerWidth"
#: Generous: bounds a wait on a busy machine, is no promise.
FIT_SECONDS = 5
SERIOUS = {"serious", "critical"}
WITH_ERRORS = "收银台\t上海/静安\n桌贴\t\t海报\n\t没有名字\n门口\t\t\t\tqrscene_x"
#: What can simply be opened, below the account's own address.
OF_ACCOUNT = {
    "menu": "menus",
    "menu delete": "menus/delete",
    "menu versions": "menus/versions",
    "overview": "overview",
    "channels": "channels",
    "no channel fits": "channels?q=zzzz",
    "archived": "channels?state=archived",
    "groups": "channels/groups",
    "new channel": "channels/new",
    "another like it": "channels/new?like={channel}",
    "channel": "channels/{channel}",
    "edit": "channels/{channel}/edit",
    "another code": "channels/{channel}/qrcodes/new",
    "many": "bulk",
    "report": "reports?p=7d",
    "all columns": "reports?cols=all",
    "by hour": "reports?p=today",
    "wrong period": "reports?start=2026-13-01&end=2026-13-02",
    "unknown scenes": "reports/unknown-scenes",
    "events": "events",
    "no events": "events?start=2020-01-01&end=2020-01-02",
    "connect": "connect",
    "health": "health",
    "settings": "settings",
    "replies": "replies",
    "rules": "replies/rules",
    "new rule": "replies/rules/new",
    "try": "replies/try",
    "tried": "replies/try?event=message&text=hello",
    "keys": "keys",
    "revoke a key": "keys/{key}/revoke",
    "web authorization": "web-authorization",
    "webhooks": "webhooks",
    "bindings": "bindings?show=all",
    "no bindings": "bindings?q=zzzz",
    "binding settings": "binding-settings",
    "work": "work",
    "waiting work": "work?show=waiting",
    "parked pushes": "work?show=pushes",
    "personal data": "people-data",
    "somebody’s events": "events?p=all&person={person}",
    "somebody’s data": "people-data/{person}",
    "audit": "audit",
    "audit of people": "audit?kind=people",
    "nothing in the audit": "audit?start=2020-01-01&end=2020-01-02",
    "error": "channels/999999",
}
OTHERS = {
    "accounts": "/accounts",
    "new account": "/accounts/new",
    "users": "/users",
    "new user": "/users/new",
    "user": "/users/1",
    "profile": "/profile",
    "password": "/profile/password",
    "second factor": "/profile/second-factor",
    "own wechat": "/profile/wechat",
    "foreign authorization": "/auth?code=c&state=x",
}


@dataclass(frozen=True)
class Stage:
    """An account with something on every page, and who may see it."""

    account: Connected
    email: str
    channel_id: int
    #: Somebody who follows.
    person_id: int
    #: The program's.
    key_id: int
    #: The hosted page of a binding, by what became of it.
    binding_pages: Mapping[str, str]

    def pages(self) -> dict[str, str]:
        """Return the addresses that can simply be opened."""
        filled = {
            name: f"/{self.account.slug}/{self._fill(path)}"
            for name, path in OF_ACCOUNT.items()
        }
        return {**filled, **OTHERS, **self.binding_pages}

    def _fill(self, path: str) -> str:
        return path.format(
            channel=self.channel_id, person=self.person_id, key=self.key_id
        )


@pytest.fixture(name="stage", scope="module")
def account_with_something_everywhere(world: World) -> Stage:
    account = world.connect("safe")
    world.run_in_the_past(account, timedelta(days=2))
    email = f"{account.slug}@example.com"
    world.admit(email)
    replies = {"reply_new": "欢迎来到半亩茶。\n第一杯半价。"}
    counter = account.channel(
        LONG, group="华东/上海", tags=["门店"], owner=email, **replies
    )
    poster = account.channel("海报")
    account.code(counter, scene="counter")
    account.code(poster, scene="poster", lifetime="temporary", expire_seconds=259200)
    account.sandbox.issue_code("elsewhere")
    _play(account)
    person = _newest(world, "follower WHERE following")
    key = _newest(world, "api_key")
    return Stage(account, email, counter, person, key, _bind(account))


def _newest(world: World, rows: str) -> int:
    query = f"SELECT max(id) FROM {rows}"  # noqa: S608 - our own words
    [[number]] = servers.run_sql(world.product.environment, query)
    assert isinstance(number, int)
    return number


def _bind(account: Connected) -> dict[str, str]:
    """Let members be bound, waited for and turned away; return their pages."""
    begun = {
        member: account.program.post("/bindings", {"member": member})
        for member in ("waits", "scanned", "bound", LONG)
    }
    for member in ("scanned", "bound", LONG):
        account.sandbox.scan(f"b{member[0]}", begun[member]["url"], then_follow=True)
    account.sandbox.message("bb", begun["bound"]["code"])
    return {f"binding {name}": one["page_url"] for name, one in begun.items()}


def _play(account: Connected) -> None:
    """Let a few people come and go over two days."""
    start = datetime.now(UTC) - timedelta(days=2)
    codes = ["counter", "poster", "elsewhere", ""]
    steps: list[dict[str, object]] = []
    for number in range(24):
        at, person = start + timedelta(hours=2 * number), f"p{number}"
        code = {"code": codes[number % 4]} if codes[number % 4] else {}
        steps.append({"at": at.isoformat(), "person": person, "do": "follow", **code})
        if number % 3 == 0:
            later = (at + timedelta(minutes=20)).isoformat()
            steps.append({"at": later, "person": person, "do": "unfollow"})
    account.sandbox.play(steps)


@dataclass(frozen=True)
class Inspector:
    """Looks at the page that is open, in one width."""

    visitor: Visitor
    width: int
    found: list[str]

    def look(self, name: str) -> None:
        """Note what axe finds in both themes, and whether the page is too wide."""
        page = self.visitor.page
        self._run_axe(f"{name}, light", page)
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        page.evaluate(AT_REST)
        self._run_axe(f"{name}, dark", page, only=["color-contrast"])
        for width in WIDTHS[self.width]:
            page.set_viewport_size({"width": width, "height": 900})
            if not self._fits(page):
                self.found.append(f"{name}: too wide at {width}")

    @staticmethod
    def _fits(page: Page) -> bool:
        """Say whether the page fits, once its charts have followed the window."""
        deadline = time.monotonic() + FIT_SECONDS
        while not page.evaluate(FITS):
            if time.monotonic() > deadline:
                return False
            page.wait_for_timeout(50)
        return True

    def _run_axe(self, name: str, page: Page, only: list[str] | None = None) -> None:
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if only:
            options["runOnly"] = only
        violations = Axe().run(page, options=options).response["violations"]
        self.found.extend(
            f"{name}: {one['id']} at {[node['target'] for node in one['nodes']]}"
            for one in violations
            if one["impact"] in SERIOUS
        )


@pytest.fixture(
    name="inspector",
    params=[(1440, "zh"), (390, "en")],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def inspector_in_one_width(
    request: pytest.FixtureRequest, browser: Browser, world: World, stage: Stage
) -> Iterator[Inspector]:
    width, language = request.param
    viewport = {"width": width, "height": 900}
    with visiting(
        browser, world, language, viewport=viewport, color_scheme="light"
    ) as visitor:
        visitor.page.goto("/sign-in")
        inspector = Inspector(visitor, width, [])
        inspector.look("sign in")
        visitor.sign_in(stage.email)
        yield inspector
    assert inspector.found == []


def test_pages_are_accessible_and_fit(inspector: Inspector, stage: Stage) -> None:
    for name, path in stage.pages().items():
        inspector.visitor.page.goto(path)
        inspector.look(name)


def test_steps_of_many_at_once_are_accessible_and_fit(
    inspector: Inspector, stage: Stage
) -> None:
    page, sandbox = inspector.visitor.page, stage.account.sandbox
    submit = page.locator("main form button[type=submit]:not(.sr)").first
    page.goto(f"/{stage.account.slug}/bulk")
    submit.click()
    inspector.look("nothing pasted")
    page.locator("#lines").fill(WITH_ERRORS)
    submit.click()
    inspector.look("lines with errors")
    page.goto(f"/{stage.account.slug}/bulk")
    page.locator("#lines").fill(
        f"Poster {inspector.width} 1\nPoster {inspector.width} 2"
    )
    submit.click()
    sandbox.fault(CREATE, code=45009, times=None)
    submit.click()
    page.get_by_text("45009").wait_for()
    inspector.look("used up")
    sandbox.remove_faults()
    page.locator("main form button[type=submit]").last.click()
    page.locator("a[href$='codes.zip']").wait_for()
    inspector.look("made")


def test_webhook_is_accessible_and_fits(inspector: Inspector, stage: Stage) -> None:
    page = inspector.visitor.page
    address = f"/{stage.account.slug}/webhooks"
    page.goto(address)
    page.locator("#url").fill("https://127.0.0.2/in")
    page.locator("main form button[type=submit]").last.click()
    page.locator("#url-e").wait_for()
    inspector.look("private address")
    # Nobody listens, and no worker runs.
    page.locator("#url").fill(f"http://127.0.0.1:9/{'long' * 30}")
    page.locator("main form button[type=submit]").last.click()
    page.get_by_text("whsec_").wait_for()
    inspector.look("new secret")
    page.goto(address)
    page.locator("main table a").last.click()
    page.locator("main form[action$='/test'] button").click()
    page.locator("main table").wait_for()
    inspector.look("webhook")


def test_menu_with_buttons_is_accessible_and_fits(
    inspector: Inspector, stage: Stage
) -> None:
    page, menus = inspector.visitor.page, f"/{stage.account.slug}/menus"
    site = {"name": LONG, "type": "view", "url": "https://tea.example.com/"}
    hello = {"name": "你好", "type": "text", "value": "欢迎"}
    stage.account.sandbox.make_menu({"name": "更多", "sub_button": [site]}, hello)
    page.goto(menus)
    page.locator("main summary").first.click()
    page.locator("form[action$='/live'] button").first.click()
    inspector.look("menu of the console")
    page.locator("form[action$='/import'] button").click()
    page.goto(f"{menus}?b=1.1")
    inspector.look("button with a mistake")
    page.locator("#name").fill("官网")
    page.locator("main .card-f button").click()
    page.locator("button[value=publish]").click()
    page.locator(".pill.ok").wait_for()
    page.goto(menus)
    inspector.look("published menu")
    page.goto(f"{menus}/versions")
    page.locator("main tbody a").first.click()
    inspector.look("version of a menu")
    page.goto(f"{menus}/delete")
    inspector.look("menu to be deleted")


def test_phone_is_accessible_and_fits(inspector: Inspector, stage: Stage) -> None:
    sandbox = stage.account.sandbox
    sandbox.name_person("anna", "小满")
    sandbox.follow("anna", "counter")
    inspector.visitor.page.goto(
        f"{sandbox.base_url}/?account={sandbox.app_id}&person=anna"
    )
    inspector.look("phone")
