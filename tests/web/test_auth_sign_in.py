from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import PASSWORD
from tests.web.browser import Browser, sentences
from wxchannels.models import AuditEntry, Role, User, UserSession

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
REFUSED = "邮箱或密码不对"


def test_right_password_leads_to_the_start_page(browser: Browser, ann: User) -> None:
    del ann

    answer = browser.sign_in()

    assert (answer.status_code, answer.location) == (302, "/")
    assert browser.get("/profile").status_code == 200


def test_address_is_found_in_any_case_and_with_spaces(
    browser: Browser, ann: User
) -> None:
    del ann

    answer = browser.sign_in(" ANN@Example.com ")

    assert answer.status_code == 302


def test_sign_in_is_noted_with_its_time(
    browser: Browser, ann: User, session: Session
) -> None:
    with time_machine.travel(NOW, tick=False):
        browser.sign_in()

    session.rollback()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.user_id, entry.at) == ("user.sign_in", ann.id, NOW)
    assert ann.last_sign_in_at == NOW


def test_refusals_look_alike_whatever_the_reason(
    browser: Browser, admit: Callable[..., User]
) -> None:
    admit("ann@example.com")
    admit("disabled@example.com", active=False)
    admit("locked@example.com", locked_until=datetime(2999, 1, 1, tzinfo=UTC))
    admit("invited@example.com", password=None)

    answers = [
        browser.sign_in("ann@example.com", "a wrong password"),
        browser.sign_in("nobody@example.com"),
        browser.sign_in("not an address"),
        browser.sign_in("disabled@example.com"),
        browser.sign_in("locked@example.com"),
        browser.sign_in("invited@example.com"),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all(REFUSED in sentences(answer) for answer in answers)
    assert len({sentences(answer) for answer in answers}) == 1


def test_refused_form_keeps_the_address_and_not_the_password(
    browser: Browser, ann: User
) -> None:
    del ann

    answer = browser.sign_in(password="a wrong password")

    assert 'value="ann@example.com"' in answer.text
    assert "a wrong password" not in answer.text


def test_empty_form_says_what_to_fill_in(browser: Browser) -> None:
    answer = browser.send("/sign-in", email="", password="")

    assert answer.status_code == 422
    assert sentences(answer).count("这里要填写") == 2


def test_form_of_another_site_is_refused(browser: Browser, ann: User) -> None:
    del ann

    answer = browser.post(
        "/sign-in", data={"email": "ann@example.com", "password": PASSWORD}
    )

    assert answer.status_code == 400
    assert browser.get("/profile").status_code == 302


def test_ten_wrong_passwords_lock_for_a_quarter_of_an_hour(
    browser: Browser, ann: User
) -> None:
    del ann
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(10):
            browser.sign_in(password="a wrong password")
        clock.shift(timedelta(minutes=14, seconds=59))
        early = browser.sign_in()
        clock.shift(timedelta(seconds=1))
        late = browser.sign_in()

    assert (early.status_code, REFUSED in sentences(early)) == (422, True)
    assert late.status_code == 302


def test_success_forgets_earlier_failures(browser: Browser, ann: User) -> None:
    del ann
    for password in ["a wrong password"] * 9 + [PASSWORD]:
        browser.sign_in(password=password)
        browser.delete_cookie("session")
    for _ in range(9):
        browser.sign_in(password="a wrong password")

    answer = browser.sign_in()

    assert answer.status_code == 302


def test_one_address_gets_thirty_tries_a_minute(browser: Browser, ann: User) -> None:
    del ann
    statuses = [
        browser.sign_in("nobody@example.com", "x").status_code for _ in range(31)
    ]

    assert statuses == [422] * 30 + [429]


def test_refusal_is_noted_without_what_was_typed(
    browser: Browser, session: Session
) -> None:
    browser.sign_in("my secret phrase", "another secret")

    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.details) == ("user.refuse", {"address": "127.0.0.1"})
    assert entry.actor == "visitor"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "/\n/evil.example",
    ],
)
def test_next_leads_nowhere_else(browser: Browser, ann: User, address: str) -> None:
    del ann

    answer = browser.sign_in(next=address)

    assert answer.location == "/"


def test_next_leads_back_to_the_page_that_was_asked_for(
    browser: Browser, ann: User
) -> None:
    del ann
    asked = browser.get("/users?q=ann")

    answer = browser.send(
        "/sign-in", page=asked.location, email="ann@example.com", password=PASSWORD
    )

    assert answer.location == "/users?q=ann"


def test_part_of_a_page_leaves_the_page_to_sign_in(browser: Browser) -> None:
    answer = browser.get("/profile", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/profile"


@pytest.mark.usefixtures("account")
def test_part_leads_back_to_the_page_that_asked_for_it(browser: Browser) -> None:
    where = "http://localhost/main/overview?range=7d#feed"
    headers = {"HX-Request": "true", "HX-Current-URL": where}

    answer = browser.get("/main/overview/feed", headers=headers)

    back = "/sign-in?next=/main/overview?range%3D7d"
    assert answer.headers["HX-Redirect"] == back


def test_who_is_in_is_not_asked_again(signed_in: Browser) -> None:
    answer = signed_in.get("/sign-in?next=/profile")

    assert (answer.status_code, answer.location) == (302, "/profile")


def test_sign_in_page_without_users_says_how_to_add_one(browser: Browser) -> None:
    assert "flask --app wsgi users add" in browser.get("/sign-in").text


def test_sign_in_page_with_users_does_not(browser: Browser, ann: User) -> None:
    del ann

    assert "flask --app wsgi" not in browser.get("/sign-in").text


def test_chosen_language_comes_with_the_user(
    browser: Browser, admit: Callable[..., User]
) -> None:
    admit(locale="en")

    browser.sign_in()

    assert "My profile" in sentences(browser.get("/profile"))


def test_signing_out_ends_the_session_on_the_server(
    signed_in: Browser, other_browser: Browser, session: Session
) -> None:
    cookie = signed_in.get_cookie("session")
    assert cookie
    other_browser.set_cookie("session", cookie.value)

    answer = signed_in.send("/sign-out", page="/profile")

    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert other_browser.get("/profile").status_code == 302
    assert session.scalars(select(UserSession)).all() == []


def test_signing_out_needs_our_own_form(signed_in: Browser) -> None:
    answer = signed_in.post("/sign-out")

    assert answer.status_code == 400
    assert signed_in.get("/profile").status_code == 200


def test_disabled_user_is_out_at_the_next_request(
    signed_in: Browser, ann: User, session: Session
) -> None:
    ann.active = False
    session.commit()

    assert signed_in.get("/profile").status_code == 302


def test_no_token_in_header_or_address_signs_anybody_in(
    app: Flask, browser: Browser, ann: User
) -> None:
    token = app.extensions["security"].remember_token_serializer.dumps(
        {"ver": "5", "uid": ann.fs_uniquifier, "fs_paa": 0, "exp": 0}
    )

    answers = [
        browser.get("/profile", headers={"Authentication-Token": token}),
        browser.get("/profile", query_string={"auth_token": token}),
        browser.get("/profile", json={"auth_token": token}),
    ]

    assert [answer.status_code for answer in answers] == [302] * 3


def test_old_proof_is_renewed_before_access_is_changed(
    signed_in: Browser, account: object
) -> None:
    del account
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        asked = signed_in.get("/users?q=ann")
        answer = signed_in.send(
            "/sign-in/again", page=asked.location, password=PASSWORD
        )
        again = signed_in.get("/users")

    assert answer.location == "/users?q=ann"
    assert again.status_code == 200


def test_wrong_proof_is_counted_like_any_wrong_password(
    signed_in: Browser, ann: User, session: Session
) -> None:
    answer = signed_in.send("/sign-in/again", password="a wrong password")

    session.rollback()
    assert answer.status_code == 422
    assert "这不是你的密码" in sentences(answer)
    assert ann.failed_sign_ins == 1


def test_manager_may_sign_in(browser: Browser, admit: Callable[..., User]) -> None:
    admit(role=Role.MANAGER)

    assert browser.sign_in().status_code == 302


def test_empty_proof_is_asked_for_again(signed_in: Browser) -> None:
    answer = signed_in.send("/sign-in/again", password="")

    assert (answer.status_code, "这里要填写" in sentences(answer)) == (422, True)
