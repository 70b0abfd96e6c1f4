"""The link in the chat: confirmed by the person who scanned, inside WeChat."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.members.site import Site
from tests.web.browser import Browser
from tests.web.oauth_world import Phone, new_phone, open_wechat, settings_for
from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.members import bindings
from wxchannels.models import Account, BindingState, UnboundBy
from wxchannels.sandbox.remote import Sandbox


@pytest.fixture
def settings(settings: dict[str, str], wechat_url: str) -> dict[str, str]:
    return {**settings, **settings_for(wechat_url)}


@pytest.fixture
def sandbox(wechat_url: str) -> Iterator[Sandbox]:
    with open_wechat(wechat_url, anna="anna", bo="bo") as sandbox:
        yield sandbox


@pytest.fixture
def site(session: Session, account: Account) -> Site:
    account.binding_confirmation = "link"
    session.commit()
    return Site(session, account, clock.utcnow())


@pytest.fixture
def anna(app: Flask, sandbox: Sandbox) -> Phone:
    return new_phone(app, sandbox, "anna")


@pytest.fixture
def bo(app: Flask, sandbox: Sandbox) -> Phone:
    return new_phone(app, sandbox, "bo")


def openid_of(phone: Phone) -> str:
    """Return what WeChat calls the phone's owner."""
    return str(phone.sandbox.person(phone.person)["openid"])


def scan(site: Site, number: int, phone: Phone) -> str:
    """Scan with the phone and return where the link in the chat leads."""
    site.session.rollback()
    with transactions(write=True):
        said = site.scan(number, openid_of(phone))
    found = re.search(r'<a href="http://localhost(/confirm/[0-9A-Za-z]{22})">', said)
    assert found, said
    return found[1]


def enter(phone: Phone, path: str) -> str:
    """Open the link, go by WeChat, and return the page."""
    answer = phone.open(path)
    assert answer.status_code == 302
    return phone.browser.get(answer.location).text


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def state(site: Site, number: int) -> BindingState:
    return site.binding(number).state_at(clock.utcnow())


def test_person_who_scanned_confirms_on_the_page(site: Site, anna: Phone) -> None:
    number = site.propose("anna@shop")
    link = scan(site, number, anna)

    page = enter(anna, link)
    before = state(site, number)
    answer = anna.browser.send(link, answer="yes")
    after = anna.browser.get(answer.location).text

    assert "anna@shop" in page
    assert "半亩茶" in page
    assert before == BindingState.SCANNED
    assert "Done. This WeChat is bound" in after
    assert state(site, number) == BindingState.BOUND


def test_person_who_says_no_is_not_bound(site: Site, anna: Phone) -> None:
    number = site.propose()
    link = scan(site, number, anna)
    enter(anna, link)

    anna.browser.send(link, answer="no")
    again = anna.browser.get(link)

    assert "Not bound" in again.text
    assert state(site, number) == BindingState.REFUSED


def test_link_in_other_hands_confirms_nothing(
    site: Site, anna: Phone, bo: Phone
) -> None:
    number = site.propose()
    link = scan(site, number, anna)
    opened = bo.open(link)
    page = bo.browser.get(opened.location)
    form = {"answer": "yes", "csrf_token": token_of(bo.browser.get("/sign-in").text)}
    posted = bo.browser.post(link, data=form)

    assert (page.status_code, posted.status_code) == (403, 403)
    assert "anna@shop" not in page.text
    assert state(site, number) == BindingState.SCANNED


def test_browser_nobody_vouches_for_confirms_nothing(
    site: Site, anna: Phone, browser: Browser
) -> None:
    number = site.propose()
    link = scan(site, number, anna)
    form = {"answer": "yes", "csrf_token": token_of(browser.get("/sign-in").text)}

    posted = browser.post(link, data=form)

    assert posted.status_code == 403
    assert state(site, number) == BindingState.SCANNED


def test_link_is_good_once(site: Site, anna: Phone) -> None:
    number = site.propose()
    link = scan(site, number, anna)
    form = {"answer": "yes", "csrf_token": token_of(enter(anna, link))}
    anna.browser.post(link, data=form)
    bindings.cancel(
        site.session, site.binding(number), by=UnboundBy.STAFF, at=clock.utcnow()
    )
    site.session.commit()

    again = anna.browser.post(link, data=form)

    assert again.status_code == 403
    assert state(site, number) == BindingState.UNBOUND


def test_late_confirmation_binds_nobody(site: Site, anna: Phone) -> None:
    number = site.propose()
    link = scan(site, number, anna)
    page = enter(anna, link)
    assert "<form" in page
    form = {"answer": "yes", "csrf_token": token_of(page)}
    code = site.binding(number).code
    code.expires_at = clock.utcnow()
    site.session.commit()

    anna.browser.post(link, data=form)

    assert state(site, number) == BindingState.EXPIRED


def test_retried_scan_gets_the_same_link(site: Site, anna: Phone) -> None:
    number = site.propose()
    scan(site, number, anna)
    push = site.scan_push(number, openid_of(anna))

    again = [site.receive(push)[0] for _ in range(2)]

    assert again[0] == again[1]
    assert "/confirm/" in again[0]


def test_guessed_link_does_not_exist(browser: Browser, account: Account) -> None:
    del account

    assert browser.get(f"/confirm/{'a' * 22}").status_code == 404


def test_refusal_at_wechat_ends_on_a_plain_page(site: Site, anna: Phone) -> None:
    number = site.propose()
    link = scan(site, number, anna)

    answer = anna.browser.get(f"{link}?authorization_error=access_denied")

    assert answer.status_code == 403
    assert "does not go on" in answer.text
    assert state(site, number) == BindingState.SCANNED
