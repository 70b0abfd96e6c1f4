"""What the scripts add, in a real browser under the real CSP."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.frontend.test_build import DIST
from tests.reports import story
from wxchannels.models import Account, Channel

CHROMIUM = shutil.which("chromium")
WIDTHS = (1440, 1024, 390)

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None, reason="the browser (Debian's chromium) is not installed"
    ),
    pytest.mark.skipif(
        not (DIST / "app.js").exists(), reason="the front end is not built: make setup"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Return the parts in English; whatever the browser complains about fails."""
    context = browser.new_context(locale="en", base_url=address)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/parts")
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def counter(session: Session, account: Account) -> Channel:
    """Return the account's only channel; nobody has scanned yet."""
    channel = factories.channel(session, of=account)
    factories.qrcode(session, of=channel)
    return channel


def test_a_chart_is_drawn_from_its_table_and_the_table_folds(page: Page) -> None:
    figure = page.locator("#life.drawn")

    expect(figure.locator("canvas")).to_be_visible()
    expect(figure.locator("table")).to_be_hidden()
    figure.get_by_text("Show as table").click()
    expect(figure.locator("table")).to_be_visible()


def test_a_card_switches_the_chart_and_the_address(page: Page) -> None:
    expect(page.locator("#life.drawn")).to_be_visible()

    page.locator('[data-act="metric"][data-value="scans"]').click()

    expect(page.locator("#life")).to_have_attribute("data-metric", "scans")
    expect(page.locator('[data-legend="line"]')).to_be_visible()
    assert page.url.endswith("?metric=scans")


def test_paper_says_until_when_its_figures_go(page: Page) -> None:
    page.emulate_media(media="print")

    expect(page.locator("#until")).to_be_visible()
    expect(page.get_by_role("button", name="Shortcuts")).to_be_hidden()


def test_a_filter_brings_along_until_when_its_figures_go(page: Page) -> None:
    page.goto("/main/events")
    page.locator("#until").evaluate("element => element.replaceChildren()")

    page.get_by_role("link", name="Today", exact=True).click()

    expect(page.locator("#until")).to_contain_text("Data until")


def test_a_filter_keeps_the_periods_name_and_a_day_waits_for_the_other(
    page: Page,
) -> None:
    page.goto("/main/events?p=7d")
    end = page.locator("#f-end").input_value()
    asked: list[str] = []
    page.on(
        "request",
        lambda one: asked.append(one.url) if one.resource_type == "xhr" else None,
    )

    page.locator("#f-figure").select_option("scans")
    page.wait_for_url(lambda url: "?p=7d&figure=scans&" in url)
    expect(page.get_by_role("link", name="Last 7 days")).to_have_attribute(
        "aria-current", "true"
    )
    asked.clear()
    page.locator("#f-start").fill(end)
    page.locator("#f-end").fill(end)
    page.locator("#f-figure").focus()
    # Longer than a select waits until it asks.
    page.wait_for_timeout(600)
    assert asked == []
    page.locator("#f-end").press("Enter")
    page.wait_for_url(lambda url: f"?start={end}&end={end}&" in url)


def test_a_channels_page_fits_a_small_phone(
    browser: Browser, address: str, app: Flask, session: Session, account: Account
) -> None:
    places = story.tell(session, account, app.test_client())
    phone = browser.new_page(
        locale="en", base_url=address, viewport={"width": 360, "height": 800}
    )

    phone.goto(f"/main/channels/{places.counter}?start=2026-03-02&end=2026-03-03")

    expect(phone.locator("#life.drawn")).to_be_visible()
    phone.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    phone.close()


def test_the_theme_changes_at_once_and_is_remembered(page: Page) -> None:
    page.get_by_label("Switch to the dark theme").click()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_label("Switch to the light theme")).to_be_focused()
    assert 'data-bs-theme="dark"' in page.request.get("/parts").text()


def test_a_definition_opens_beside_its_button_and_escape_closes_it(page: Page) -> None:
    button = page.get_by_label("What Scans means").first
    button.focus()
    page.keyboard.press("Enter")
    text = page.locator("#def-scans")

    expect(text).to_be_visible()
    opened, beside = text.bounding_box(), button.bounding_box()
    assert opened
    assert beside
    assert 0 <= opened["y"] - beside["y"] - beside["height"] <= 16
    page.keyboard.press("Escape")
    expect(text).to_be_hidden()
    expect(button).to_be_focused()


def test_keys_search_make_and_explain(page: Page) -> None:
    page.keyboard.press("?")
    box = page.locator("#keys").bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= page.evaluate("innerHeight")
    page.keyboard.press("c")
    page.keyboard.press("Escape")
    assert not page.url.endswith("#new")
    page.keyboard.press("c")
    assert page.url.endswith("#new")
    page.keyboard.press("/")
    page.keyboard.type("c/?")

    expect(page.locator("#q")).to_have_value("c/?")


def test_bar_asks_where_one_types_and_no_key_leaves(
    counter: Channel, page: Page
) -> None:
    assert counter.name == "Counter"
    page.goto("/main/channels")
    page.locator(".row-tick").click()
    move = page.get_by_role("button", name="Move").first

    move.click()
    page.keyboard.type("canpin")

    expect(page.get_by_label("Group, like")).to_have_value("canpin")
    page.keyboard.press("Escape")
    expect(move).to_be_focused()


def test_shift_selects_a_span_and_the_bar_counts(page: Page) -> None:
    bar = page.locator(".batch")
    expect(bar).to_be_hidden()

    page.locator(".row-tick").nth(0).click()
    page.locator(".row-tick").nth(2).click(modifiers=["Shift"])

    expect(bar).to_contain_text("Selected 3")
    expect(page.locator(".all-tick")).to_be_checked()
    page.get_by_label("Clear the selection").click()
    expect(bar).to_be_hidden()


def test_copying_says_that_it_worked(page: Page) -> None:
    page.get_by_role("button", name="Copy").click()

    expect(page.locator(".toasts")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == (
        "https://shop.example/weixin/main"
    )


def test_what_is_typed_shows_in_the_preview_and_is_counted(page: Page) -> None:
    page.locator("#name").fill("Tea 🍵")

    expect(page.locator("#preview")).to_have_text("Tea 🍵")
    expect(page.locator('[data-count="name"]')).to_have_text("5 / 64")
    page.locator("#name").fill("")
    expect(page.locator("#preview")).to_have_text("Welcome")


def test_a_form_for_wechat_is_sent_once_with_the_button_that_was_pressed(
    page: Page,
) -> None:
    sent: list[str | None] = []

    def answer(route: Route) -> None:
        sent.append(route.request.post_data)
        route.fulfill(status=204)  # the browser stays on the page

    page.route("**/ask", answer)
    page.evaluate(
        """document.querySelector("main").insertAdjacentHTML("beforeend",
        "<form data-once method=post action=/ask>" +
        "<button type=submit name=do value=start>Ask WeChat</button></form>")"""
    )
    button = page.get_by_role("button", name="Ask WeChat")

    button.dblclick()

    expect(button).to_be_disabled()
    assert sent == ["do=start"]


def test_a_menu_closes_on_escape_and_gives_the_focus_back(page: Page) -> None:
    summary = page.locator(".switcher summary")
    summary.click()
    expect(page.locator(".switcher .menu-p")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator(".switcher .menu-p")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_drawer_of_a_phone_opens_and_closes(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".side")).to_be_hidden()

    page.get_by_role("link", name="More", exact=True).click()
    expect(page.locator(".side")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator(".side")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(page: Page, theme: str) -> None:
    page.goto(f"/preferences?theme={theme}&next=/parts?wrong=1%26flash=1")
    expect(page.locator("#life.drawn")).to_be_visible()

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page).response["violations"]

        assert [finding["id"] for finding in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_first_visit_follows_the_system_without_a_script(
    browser: Browser, address: str, system: str
) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme=system)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/parts")

    colour = {"light": "rgb(247, 246, 243)", "dark": "rgb(18, 18, 24)"}[system]
    expect(page.locator("body")).to_have_css("background-color", colour)
    expect(page.locator("#life table")).to_be_visible()
    expect(page.locator(".batch")).to_be_visible()
    context.close()


def test_a_link_to_a_mini_program_is_written_where_the_text_is_marked(
    page: Page,
) -> None:
    page.goto("/main/replies")
    text = page.locator("#reply_new-content")
    maker = page.locator('[data-link-into="reply_new-content"]')
    text.fill("Order here: .")
    text.evaluate("element => element.setSelectionRange(12, 12)")

    page.locator("details", has=maker).locator("summary").click()
    maker.get_by_label("Address of the page").press("Enter")
    expect(maker.get_by_label("Words to tap")).to_be_focused()
    maker.get_by_label("Words to tap").fill(" <Tea> ")
    maker.get_by_label("AppID").fill("wx0123456789abcdef")
    maker.get_by_role("button", name="Insert").click()
    expect(maker.get_by_label("Path of its page")).to_be_focused()
    maker.get_by_label("Path of its page").fill("pages/a?b='\"><script>")
    maker.get_by_label("Path of its page").press("Enter")

    expect(text).to_have_value(
        'Order here: <a data-miniprogram-appid="wx0123456789abcdef"'
        ' data-miniprogram-path="pages/a?b=%27%22%3E%3Cscript%3E">＜Tea＞</a>.'
    )
    expect(maker.get_by_label("Words to tap")).to_have_value("")
    expect(page.locator(".reply-edit", has=maker).locator(".wx-note")).to_have_text(
        "“＜Tea＞” opens the mini program wx0123456789abcdef at "
        "pages/a?b=%27%22%3E%3Cscript%3E"
    )


def test_edit_of_a_button_is_kept_on_the_way_to_another(page: Page) -> None:
    page.goto("/main/menus")
    name, site = page.locator("#name"), page.locator("#url")
    for button in ("Shop", "Blog"):
        page.locator(".editor").get_by_label("Add a button").or_(name).first.click()
        name.fill(button)
        site.fill("https://tea.example.com/")
        name.press("Enter")
        expect(page.locator(".editor .mtree")).to_contain_text(button)

    name.fill("Journal")
    page.locator(".editor .mtree").get_by_role("link", name="Shop").click()

    expect(name).to_have_value("Shop")
    expect(page.locator(".editor .mtree")).to_contain_text("Journal")


def test_channel_page_shows_the_first_scan_by_itself_and_goes_on(
    app: Flask, session: Session, counter: Channel, page: Page
) -> None:
    page.goto(f"/main/channels/{counter.id}")
    # What reads holds a transaction, and the pushes are written by others.
    session.rollback()
    client, now = app.test_client(), datetime.now(UTC)
    waiting = page.get_by_role("heading", name="Waiting for the first scan")
    waiting.hover()

    story.send(client, pushes.subscribe("counter", openid="anna", at=now))

    scans = page.locator('[data-value="scans"] .metric-v')
    expect(scans).to_have_text("1")
    expect(page.locator("#events tbody tr")).to_have_count(1)
    page.locator('[data-value="scans"]').click()
    page.locator("#life .twin summary").click()
    page.mouse.move(0, 0)
    story.send(client, pushes.subscribe("counter", openid="bo", at=now))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(scans).to_have_text("2")
    expect(page.locator("#life .twin")).to_have_attribute("open", "")
    expect(page.locator("#life-data tr").last).to_contain_text("2")
    expect(page.locator('[data-value="scans"]')).to_have_attribute(
        "aria-current", "true"
    )


def test_no_part_of_a_channel_page_is_newer_than_another(
    app: Flask, session: Session, counter: Channel, page: Page
) -> None:
    client, now = app.test_client(), datetime.now(UTC)
    story.send(client, pushes.subscribe("counter", openid="anna", at=now))
    page.goto(f"/main/channels/{counter.id}")
    session.rollback()
    until, scans = (
        page.locator("#until"),
        page.locator('[data-value="scans"] .metric-v'),
    )
    until.evaluate("element => { element.textContent = 'then' }")

    page.locator("#events").hover()
    story.send(client, pushes.subscribe("counter", openid="bo", at=now))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(800)
    assert (scans.inner_text(), until.inner_text()) == ("1", "then")

    page.mouse.move(0, 0)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(scans).to_have_text("2")
    expect(until).to_contain_text("Data until")


def test_without_an_answer_it_is_said_once_and_can_be_tried_again(
    browser: Browser, counter: Channel, address: str
) -> None:
    assert counter.name == "Counter"
    page = browser.new_page(locale="en", base_url=address)
    page.goto("/main/channels")
    page.context.set_offline(True)
    said = page.locator(".toasts").get_by_text("The server did not answer.")

    page.locator("#f-q").fill("zzz")
    expect(said).to_have_count(1)
    page.locator("#f-q").fill("zzzz")
    page.wait_for_timeout(800)
    expect(said).to_have_count(1)
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("No channel fits")).to_be_visible()
    assert "q=zzzz" in page.url
    page.close()


def test_metric_stays_chosen_and_back_shows_what_was_there(
    counter: Channel, page: Page
) -> None:
    assert counter.name == "Counter"
    page.goto("/main/reports?p=7d")
    heads = page.locator("main thead a.sort")
    expect(page.locator("#report-chart.drawn")).to_be_visible()
    heads.filter(has_text="Unfollows").click()
    expect(page.locator("main thead [aria-sort]")).to_contain_text("Unfollows")
    expect(page.locator("#sort-unfollows")).to_be_focused()
    expect(page.locator("#report-chart.drawn")).to_be_visible()
    for metric in ("scans", "refollows", "unfollows"):
        page.locator(f'[data-act="metric"][data-value="{metric}"]').click()

    page.get_by_role("link", name="Hour").click()

    figure = page.locator("#report-chart")
    expect(page.locator("#interval-hour")).to_have_attribute("aria-current", "true")
    expect(figure).to_have_attribute("data-metric", "unfollows")
    page.locator("#f-search").fill("Count")
    page.wait_for_url(lambda url: "metric=unfollows" in url and "search=Count" in url)
    # It is put into its place by a style, which nothing may take for an attribute.
    page.get_by_label("What Scans means").first.click()
    page.keyboard.press("Escape")
    page.go_back()
    page.wait_for_url(lambda url: "search" not in url)
    expect(page.locator("#f-search")).to_have_value("")
    page.go_back()
    expect(page.locator("#interval-day")).to_have_attribute("aria-current", "true")
    expect(figure).to_have_attribute("data-metric", "unfollows")
    expect(page.locator("main thead [aria-sort]")).to_contain_text("Unfollows")
    page.go_back()
    expect(page.locator("main thead [aria-sort]")).to_contain_text("Net follows")
    expect(figure).to_have_attribute("data-metric", "net_follows")


def test_mistake_has_the_focus_and_what_came_has_it_where_its_place_is_gone(
    counter: Channel, browser: Browser, address: str
) -> None:
    page = browser.new_page(locale="en", base_url=address)
    page.goto("/main/channels/new")
    page.get_by_label("Channel name").fill(counter.name)
    page.keyboard.press("Enter")
    expect(page.locator("#name-e")).to_be_visible()
    expect(page.locator("#name")).to_be_focused()

    page.goto("/main/channels?q=zzzz")
    page.get_by_role("link", name="Last 7 days").click()
    expect(page.locator("#p-7d[aria-current]")).to_be_focused()
    page.get_by_role("combobox", name="State").focus()
    page.locator("#f-state").evaluate("field => field.removeAttribute('id')")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.close()
