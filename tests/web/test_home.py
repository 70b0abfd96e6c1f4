from collections.abc import Callable

from sqlalchemy.orm import Session

from tests import factories
from tests.applications import statements
from tests.web.browser import Browser, sentences
from wxchannels.models import Account, Role, User


def test_visitor_is_led_to_the_form(browser: Browser) -> None:
    answer = browser.get("/")

    assert answer.location == "/sign-in"
    assert "<form" in browser.get(answer.location).text


def test_user_is_led_to_an_account(signed_in: Browser) -> None:
    answer = signed_in.get("/")

    assert answer.location.startswith("/main/")
    page = signed_in.get(answer.location)
    assert (page.status_code, "<main" in page.text) == (200, True)


def test_user_is_led_to_the_account_looked_at_last(
    signed_in: Browser, session: Session
) -> None:
    factories.account(session, slug="other", name="门店")
    first = signed_in.get("/").location
    signed_in.get(first)
    with statements() as asked:
        signed_in.get(first.replace("/main/", "/other/"))

    assert not [one for one in asked if one.startswith(("INSERT", "UPDATE"))]
    assert signed_in.get("/").location == first.replace("/main/", "/other/")
    again = signed_in.get(first.replace("/main/", "/other/"))
    assert "Set-Cookie" not in again.headers


def test_account_that_may_not_be_read_any_more_is_left(
    browser: Browser, session: Session, admit: Callable[..., User], account: Account
) -> None:
    other = factories.account(session, slug="other", name="门店")
    user = admit(role=None)
    factories.membership(session, user, account, Role.MANAGER)
    factories.membership(session, user, other, Role.MANAGER)
    browser.sign_in()
    first = browser.get("/").location
    browser.get(first.replace("/main/", "/other/"))
    user.memberships = [row for row in user.memberships if row.account_id != other.id]
    session.commit()

    assert browser.get("/").location == first


def test_first_administrator_is_told_to_connect_an_account(
    browser: Browser, ann: User
) -> None:
    del ann
    browser.sign_in()

    answer = browser.get("/")

    assert answer.status_code == 200
    assert "接入第一个公众号" in sentences(answer)


def test_person_without_an_account_is_told_whom_to_ask(
    browser: Browser, admit: Callable[..., User]
) -> None:
    admit(role=Role.STAFF)
    browser.sign_in()

    answer = browser.get("/")

    assert answer.status_code == 200
    assert "找管理员给你一个角色" in sentences(answer)
