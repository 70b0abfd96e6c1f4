import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, request_started
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config import Config
from tests.applications import statements
from tests.web.browser import Browser, hidden_fields, sentences
from wxchannels.app import create_app
from wxchannels.extensions import db
from wxchannels.models import Account, User, UserSession

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def sid_of(browser: Browser) -> str:
    cookie = browser.get_cookie("session")
    assert cookie
    return cookie.value


def rows(session: Session) -> list[UserSession]:
    session.rollback()
    return list(session.scalars(select(UserSession).order_by(UserSession.id)))


@pytest.fixture(name="statements")
def statements_of_the_application(app: Flask) -> Iterator[list[str]]:
    """Collect what is asked of the database."""
    del app
    with statements() as asked:
        yield asked


def test_signing_in_gives_the_session_another_name(
    browser: Browser, other_browser: Browser, ann: User
) -> None:
    del ann
    browser.get("/sign-in")
    planted = sid_of(browser)

    browser.sign_in()
    other_browser.set_cookie("session", planted)

    assert sid_of(browser) != planted
    assert other_browser.get("/profile").status_code == 302


def test_name_that_we_did_not_give_is_not_taken_over(
    browser: Browser, session: Session
) -> None:
    browser.set_cookie("session", "chosen-by-somebody-else")

    browser.get("/sign-in")

    [row] = rows(session)
    assert sid_of(browser) != "chosen-by-somebody-else"
    assert row.session_hash == hashlib.sha256(sid_of(browser).encode()).digest()


def test_cookie_is_for_our_pages_only(browser: Browser) -> None:
    cookie = browser.get("/sign-in").headers["Set-Cookie"]

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Expires" not in cookie


def test_cookie_over_https_is_bound_to_the_host(settings: dict[str, str]) -> None:
    app = create_app(Config({**settings, "WXCHANNELS_BASE_URL": "https://example.com"}))

    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]

    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie.split("; ")
    with app.app_context():
        db.engine.dispose()
    app.extensions["intake"].close()


def test_row_names_the_user_and_not_the_cookie(
    signed_in: Browser, ann: User, session: Session
) -> None:
    [row] = [row for row in rows(session) if row.user_id]

    assert row.user_id == ann.id
    assert sid_of(signed_in).encode() not in bytes(row.content)


@pytest.mark.parametrize("address", ["/users", "/profile", "/users/new"])
def test_looking_at_a_page_writes_no_session(
    signed_in: Browser, statements: list[str], address: str
) -> None:
    signed_in.get(address)
    statements.clear()

    answer = signed_in.get(address)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert {text.split()[0] for text in statements} - {"BEGIN"} == {"SELECT"}


@pytest.mark.parametrize("address", ["/healthz", "/weixin/main", "/api/v1/channels"])
def test_machines_have_no_session_to_look_for(
    browser: Browser, statements: list[str], address: str
) -> None:
    browser.set_cookie("session", "anything")

    answer = browser.get(address)

    assert "Set-Cookie" not in answer.headers
    assert [text for text in statements if "user_session" in text] == []


def test_session_ends_after_a_working_day(browser: Browser, ann: User) -> None:
    del ann
    with time_machine.travel(NOW, tick=False) as clock:
        browser.sign_in()
        clock.shift(timedelta(hours=12) - timedelta(seconds=1))
        before = browser.get("/profile").status_code
        clock.shift(timedelta(seconds=1))
        after = browser.get("/profile").status_code

    assert (before, after) == (200, 302)


def test_staying_signed_in_lasts_two_weeks(browser: Browser, ann: User) -> None:
    del ann
    with time_machine.travel(NOW, tick=False) as clock:
        answer = browser.sign_in(stay="y")
        clock.shift(timedelta(days=14) - timedelta(seconds=1))
        before = browser.get("/profile").status_code
        clock.shift(timedelta(seconds=2))
        after = browser.get("/profile").status_code

    assert "Expires=Mon, 16 Mar 2026" in answer.headers["Set-Cookie"]
    assert (before, after) == (200, 302)


def test_visitors_sessions_end_after_two_hours_and_are_swept(
    browser: Browser, other_browser: Browser, ann: User, session: Session
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        browser.get("/sign-in")
        clock.shift(timedelta(hours=2))
        other_browser.sign_in()

    assert [row.user_id for row in rows(session)] == [ann.id]


def test_session_that_was_ended_stays_ended(
    signed_in: Browser, session: Session, account: Account
) -> None:
    # Another request ends it while this one is under way.
    def end(sender: object, **values: object) -> None:
        del sender, values
        session.execute(delete(UserSession))
        session.commit()

    with request_started.connected_to(end, signed_in.application):
        signed_in.get(f"/{account.slug}/channels")
        signed_in.get("/profile/second-factor")

    assert rows(session) == []
    assert signed_in.get("/profile").status_code == 302


def test_others_are_signed_out_and_oneself_is_not(
    signed_in: Browser, other_browser: Browser, session: Session
) -> None:
    other_browser.sign_in()

    answer = signed_in.send("/profile/sessions/end", page="/profile")

    assert answer.location == "/profile"
    assert signed_in.get("/profile").status_code == 200
    assert other_browser.get("/profile").status_code == 302
    assert len(rows(session)) == 1


def test_profile_says_how_many_browsers_are_signed_in(
    signed_in: Browser, other_browser: Browser
) -> None:
    other_browser.sign_in()

    assert "有 2 个浏览器已登录" in signed_in.get("/profile").text


def test_flashed_sentences_outlive_the_redirect(
    signed_in: Browser, admit: Callable[..., User]
) -> None:
    del admit
    signed_in.send("/profile", name="Ann", locale="")

    first, second = signed_in.get("/profile").text, signed_in.get("/profile").text

    assert "已保存" in first
    assert "已保存" not in second


def test_form_sent_without_a_session_leads_to_sign_in_and_back(
    signed_in: Browser,
) -> None:
    page = "http://localhost/main/channels/new?like=1"
    signed_in.delete_cookie("session")

    ours = signed_in.post("/main/channels/new", headers={"Referer": page})
    foreign = signed_in.post(
        "/main/channels/new", headers={"Referer": "http://elsewhere.example/x"}
    )

    assert (ours.status_code, foreign.status_code) == (302, 302)
    assert ours.location == "/sign-in?next=/main/channels/new?like%3D1"
    assert foreign.location == "/sign-in"


def test_form_from_before_signing_in_again_is_explained(staff: Browser) -> None:
    form = hidden_fields(staff.get("/main/channels/new"))
    staff.send("/sign-out", page="/profile")
    staff.sign_in()

    answer = staff.post("/main/channels/new", data={**form, "name": "Counter"})

    assert answer.status_code == 400
    assert "This page is out of date" in sentences(answer)


def test_form_may_be_filled_in_for_hours(
    browser: Browser, ann: User, account: Account
) -> None:
    del ann, account
    with time_machine.travel(NOW, tick=False) as traveller:
        browser.sign_in()
        form = hidden_fields(browser.get("/main/bulk"))
        traveller.shift(timedelta(hours=3))

        answer = browser.post("/main/bulk", data={**form, "lines": "a"})

    assert answer.status_code == 200
