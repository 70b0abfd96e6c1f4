"""A person at a browser, with an ear for everything the browser complains about."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests import factories
from tests.e2e.world import World

#: A busy machine must not fail a test.
PATIENCE_MILLISECONDS = 60_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)

LOCALES = {"zh": "zh-CN", "en": "en-US"}
#: What each language calls the things a journey touches, as a reader sees them.
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "email": "邮箱",
        "password": "密码",
        "sign in": "登录",
        "sign out": "退出登录",
    },
    "en": {
        "email": "E-mail address",
        "password": "Password",
        "sign in": "Sign in",
        "sign out": "Sign out",
    },
}


class Visitor:
    """One browser window in one language."""

    def __init__(self, context: BrowserContext, language: str) -> None:
        self.page: Page = context.new_page()
        self.language = language
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        context.on("console", lambda message: self._hear(message.text))
        context.on("weberror", lambda error: self._hear(str(error.error)))
        context.on("request", self._note)

    def sign_in(self, email: str) -> None:
        """Sign in with the test's password."""
        words = WORDS[self.language]
        self.page.goto("/sign-in")
        self.page.get_by_label(words["email"]).fill(email)
        self.page.get_by_label(words["password"]).fill(factories.PASSWORD)
        # Not the one that signs in with WeChat.
        self.press(words["sign in"])
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def press(self, name: str) -> None:
        """Press the button or follow the link that is called `name`."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()

    def _hear(self, text: str) -> None:
        # A page that answers 404 or 422 on purpose is no mistake of the page.
        if "the server responded with a status of 4" not in text:
            self.complaints.append(f"{self.page.url}: {text}")

    def _note(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"}:
            self.hosts.add(address.netloc)


@contextmanager
def visiting(
    browser: Browser,
    world: World,
    language: str = "zh",
    **settings: Any,  # noqa: ANN401 - as Playwright takes them
) -> Iterator[Visitor]:
    """Open a window; in the end nothing may have been complained about."""
    context = browser.new_context(
        base_url=world.product.url,
        locale=LOCALES[language],
        reduced_motion="reduce",
        **settings,
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    visitor = Visitor(context, language)
    try:
        yield visitor
    finally:
        context.close()
    servers = {urlsplit(one).netloc for one in (world.product.url, world.sandbox_url)}
    assert visitor.complaints == [], visitor.complaints
    assert visitor.hosts <= servers
