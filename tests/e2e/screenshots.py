"""Pictures of every page of a running demo, to be looked at by people.

`python -m tests.e2e.screenshots FOLDER`, with DEMO_URL and DEMO_PASSWORD set as
`make demo` prints them. Every page comes wide and narrow, light and dark, in both
languages; an address given after the folder takes only pages whose name has it in it.
"""

import itertools
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.chromium import open_browser

EMAIL, SLUG = "admin@example.com", "banmu"
WIDTHS = {"wide": 1440, "phone": 390}
THEMES, LANGUAGES = ("light", "dark"), ("zh", "en")
NAMES = "收银台\t上海/静安\n桌贴\t\t海报\n\t没有名字\n门口\t\t\t\tqrscene_x"
PAGES: Mapping[str, str] = {
    "overview": "/{slug}/overview",
    "channels": "/{slug}/channels",
    "channels-archived": "/{slug}/channels?state=archived",
    "channels-nothing": "/{slug}/channels?q=zzzz",
    "groups": "/{slug}/channels/groups",
    "channel": "/{slug}/channels/24",
    "channel-disabled": "/{slug}/channels/2",
    "channel-new": "/{slug}/channels/new",
    "channel-like": "/{slug}/channels/new?like=13",
    "channel-edit": "/{slug}/channels/24/edit",
    "code-new": "/{slug}/channels/24/qrcodes/new",
    "bulk": "/{slug}/bulk",
    "report": "/{slug}/reports",
    "report-all": "/{slug}/reports?cols=all",
    "report-today": "/{slug}/reports?p=today",
    "report-one": "/{slug}/reports?p=7d&metric=scans&group=杭州门店",
    "report-wrong": "/{slug}/reports?start=2026-13-01&end=2026-11-07",
    "unknown-scenes": "/{slug}/reports/unknown-scenes",
    "events": "/{slug}/events",
    "events-nothing": "/{slug}/events?start=2020-01-01&end=2020-01-02",
    "menu": "/{slug}/menus",
    "menu-new": "/{slug}/menus?b=new",
    "menu-delete": "/{slug}/menus/delete",
    "menu-versions": "/{slug}/menus/versions",
    "menu-version": "/{slug}/menus/versions/1",
    "connect": "/{slug}/connect",
    "health": "/{slug}/health",
    "settings": "/{slug}/settings",
    "replies": "/{slug}/replies",
    "rules": "/{slug}/replies/rules",
    "rule-new": "/{slug}/replies/rules/new",
    "rule": "/{slug}/replies/rules/1/edit",
    "try": "/{slug}/replies/try",
    "tried": "/{slug}/replies/try?event=message&text=退款",
    "keys": "/{slug}/keys",
    "web-authorization": "/{slug}/web-authorization",
    "webhooks": "/{slug}/webhooks",
    "webhook": "/{slug}/webhooks/1",
    "bindings": "/{slug}/bindings?show=all",
    "binding-settings": "/{slug}/binding-settings",
    "work": "/{slug}/work",
    "work-waiting": "/{slug}/work?show=waiting",
    "work-pushes": "/{slug}/work?show=pushes",
    "people-data": "/{slug}/people-data",
    "person-data": "/{slug}/people-data/1",
    "audit": "/{slug}/audit?p=all",
    "audit-people": "/{slug}/audit?kind=people",
    "audit-nothing": "/{slug}/audit?start=2020-01-01&end=2020-01-02",
    "accounts": "/accounts",
    "account-new": "/accounts/new",
    "users": "/users",
    "user-new": "/users/new",
    "user": "/users/1",
    "profile": "/profile",
    "password": "/profile/password",
    "second-factor": "/profile/second-factor",
    "own-wechat": "/profile/wechat",
    "foreign-authorization": "/auth?code=c&state=x",
    "error": "/{slug}/channels/999999",
}


def main(folder: Path, wanted: str = "") -> None:
    """Write the pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    url, password = os.environ["DEMO_URL"], os.environ["DEMO_PASSWORD"]
    with open_browser() as browser:
        state = _sign_in(browser, url, password)
        for width, theme, language in itertools.product(WIDTHS, THEMES, LANGUAGES):
            context = browser.new_context(
                base_url=url,
                storage_state=state,  # type: ignore[arg-type]
                locale={"zh": "zh-CN", "en": "en-US"}[language],
                color_scheme=theme,  # type: ignore[arg-type]
                viewport={"width": WIDTHS[width], "height": 900},
                reduced_motion="reduce",
            )
            _take_all(context, folder, f"{width}.{theme}.{language}.png", wanted)
            context.close()


def _take_all(context: BrowserContext, folder: Path, way: str, wanted: str) -> None:
    page = context.new_page()
    for name, path in PAGES.items():
        if wanted in name:
            page.goto(path.format(slug=SLUG))
            _take(page, folder / f"{name}.{way}")
    if wanted in "bulk-check":
        _check(page)
        _take(page, folder / f"bulk-check.{way}")
    if wanted in "sign-in":
        context.clear_cookies()
        page.goto("/sign-in")
        _take(page, folder / f"sign-in.{way}")


def _sign_in(browser: Browser, url: str, password: str) -> object:
    context = browser.new_context(base_url=url, locale="en-US")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/overview")
    state = context.storage_state()
    context.close()
    return state


def _check(page: Page) -> None:
    page.goto(f"/{SLUG}/bulk")
    page.locator("#lines").fill(NAMES)
    page.locator("main form button[type=submit]").first.click()


def _take(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > page.viewport_size["width"]:  # type: ignore[index]
        sys.stderr.write(f"{path.name}: scrolls sideways, {wide} px\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
