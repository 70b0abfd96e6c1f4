"""The product, the simulated WeChat over real HTTP, and the browser of a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.web.browser import Browser
from wxchannels.sandbox.remote import Sandbox

SHOP = "https://shop.example"
SECRET = "an app secret"


@contextmanager
def open_wechat(url: str, **people: str) -> Iterator[Sandbox]:
    """Have the simulated WeChat know our account and these people, and nothing else."""
    sandbox = Sandbox(url, factories.APP_ID)
    sandbox.reset()
    sandbox.clock(go=True)
    sandbox.open_account(secret=SECRET, name="半亩茶", web_domain="localhost")
    for person, name in people.items():
        sandbox.name_person(person, name)
    yield sandbox
    sandbox.session.close()


def settings_for(url: str) -> dict[str, str]:
    """Return the settings of a product that asks the simulated WeChat at `url`."""
    return dict.fromkeys(("WXCHANNELS_API_BASE", "WXCHANNELS_OPEN_BASE"), url)


@dataclass
class Phone:
    """A person's browser: asks the product, and WeChat in the person's name."""

    browser: Browser
    sandbox: Sandbox
    person: str = "anna"

    def to_wechat(self, path: str) -> str:
        """Open a page of ours and return where at WeChat it leads to."""
        answer = self.browser.get(path)
        assert answer.status_code == 302, answer.text
        assert answer.location.startswith(self.sandbox.base_url), answer.location
        return answer.location

    def at_wechat(self, address: str, *, agrees: bool = True) -> str:
        """Look at WeChat's page and return the path of ours that it leads back to."""
        back = self.sandbox.authorize(self.person, address, agrees=agrees)
        parts = urlsplit(back)
        return f"{parts.path}?{parts.query}"

    def open(self, path: str, *, agrees: bool = True) -> TestResponse:
        """Go all the way and return the last answer of ours."""
        back = self.at_wechat(self.to_wechat(path), agrees=agrees)
        return self.browser.get(back)


def new_phone(app: Flask, sandbox: Sandbox, person: str = "anna") -> Phone:
    browser = Browser(app)
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return Phone(browser, sandbox, person)


def query_of(address: str) -> dict[str, str]:
    """Return the query of an address, each part of which stands there once."""
    found = parse_qs(
        urlsplit(address).query, strict_parsing=bool(urlsplit(address).query)
    )
    return {name: value for name, [value] in found.items()}
