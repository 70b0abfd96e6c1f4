"""The hosted page that shows the code: no sign-in, no guessing, no script needed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.members.site import Site
from tests.web.browser import Browser
from wxchannels import clock
from wxchannels.members.codes import hash_secret
from wxchannels.models import Account, Binding

SECRET = "a" * 22
PAGE = f"/bind/{SECRET}"
BACK = "http://localhost/shop?x=1"


@pytest.fixture
def site(session: Session, account: Account) -> Site:
    return Site(session, account, clock.utcnow())


@pytest.fixture
def number(site: Site, browser: Browser) -> int:
    """Return a binding whose page is `PAGE`."""
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    number = site.propose("anna@shop")
    binding = site.session.get_one(Binding, number)
    binding.page_hash, binding.return_url = hash_secret(SECRET), BACK
    site.session.commit()
    return number


def test_page_shows_code_digits_and_time(
    browser: Browser, site: Site, number: int
) -> None:
    page = browser.get(PAGE)

    digits = site.digits(number)
    assert digits in page.text
    assert "anna@shop" in page.text
    assert f"{PAGE}/qrcode.svg" in page.text
    assert "4:5" in page.text
    # Without scripts one looks again oneself.
    assert re.search(rf'<noscript>\s*<a class="[^"]+"\s+href="{PAGE}"', page.text)
    assert browser.get(f"{PAGE}/qrcode.svg").text.startswith("<?xml")


def test_page_in_chinese(browser: Browser, number: int) -> None:
    del number

    assert "用微信扫" in browser.get(f"{PAGE}?lang=zh").text


def test_address_of_the_page_is_kept_secret(browser: Browser, number: int) -> None:
    del number
    headers = browser.get(PAGE).headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("secret", ["b" * 22, "a" * 21, "1", "%00"])
def test_guessed_page_does_not_exist(
    browser: Browser, number: int, secret: str
) -> None:
    del number

    assert browser.get(f"/bind/{secret}").status_code == 404
    assert browser.get(f"/bind/{secret}/qrcode.svg").status_code == 404


def test_scanned_page_hides_the_code_and_keeps_the_digits(
    browser: Browser, site: Site, number: int
) -> None:
    site.scan(number)

    part = browser.get(PAGE, headers={"HX-Request": "true"})

    assert "Scanned" in part.text
    assert site.digits(number) in part.text
    assert "qrcode.svg" not in part.text
    assert browser.get(f"{PAGE}/qrcode.svg").status_code == 404
    # htmx complains where a part brings along what its page has no place for.
    assert "hx-swap-oob" not in part.text


def test_done_the_browser_goes_back_to_the_site(
    browser: Browser, site: Site, number: int
) -> None:
    site.scan(number)
    site.say(site.digits(number))

    page = browser.get(PAGE)
    part = browser.get(PAGE, headers={"HX-Request": "true"})

    where = f"{BACK}&binding={number}"
    assert f'href="{where.replace("&", "&amp;")}"' in page.text
    assert part.headers["HX-Redirect"] == where
    assert site.digits(number) not in page.text


def test_ended_page_says_so_and_stops_asking(
    browser: Browser, site: Site, number: int
) -> None:
    binding = site.session.get_one(Binding, number)
    binding.code.expires_at = site.now - timedelta(seconds=1)
    site.session.commit()

    page = browser.get(PAGE)

    assert "no longer good" in page.text
    assert "every 2s" not in page.text
    assert browser.get(f"{PAGE}/qrcode.svg").status_code == 404
