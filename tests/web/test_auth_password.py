from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import PASSWORD
from tests.web.browser import Browser, sentences
from wxchannels.models import AuditEntry, User
from wxchannels.people import links

CHANGE = "/profile/password"
NEW = "several other words together"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def change(browser: Browser, **fields: str) -> tuple[int, str]:
    """Fill in the form, with what is right where nothing else is said."""
    right = {"password": PASSWORD, "new_password": NEW, "again": NEW}
    answer = browser.send(CHANGE, **{**right, **fields})
    return answer.status_code, sentences(answer)


def test_new_password_signs_in_and_the_old_one_does_not(
    signed_in: Browser, other_browser: Browser
) -> None:
    status, _ = change(signed_in)

    assert status == 302
    assert other_browser.sign_in(password=PASSWORD).status_code == 422
    assert other_browser.sign_in(password=NEW).status_code == 302


def test_new_password_ends_all_sessions_but_this(
    signed_in: Browser, other_browser: Browser
) -> None:
    other_browser.sign_in()

    change(signed_in)

    assert other_browser.get("/profile").status_code == 302
    assert signed_in.get("/profile").status_code == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password": "a wrong password"}, "这不是你的密码"),
        ({"new_password": "short", "again": "short"}, "至少 12 个字符"),
        ({"new_password": "x" * 1025, "again": "x" * 1025}, "太长了"),
        ({"new_password": "aaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaa"}, "容易被猜到"),
        ({"new_password": PASSWORD, "again": PASSWORD}, "这就是你现在的密码"),
        ({"again": "something else"}, "两次输入的密码不一样"),
        ({"new_password": "", "again": ""}, "这里要填写"),
    ],
)
def test_refused_change_says_why_and_changes_nothing(
    signed_in: Browser, other_browser: Browser, fields: dict[str, str], sentence: str
) -> None:
    status, text = change(signed_in, **fields)

    assert (status, sentence in text) == (422, True)
    assert other_browser.sign_in().status_code == 302


def test_wrong_current_passwords_lock(
    signed_in: Browser, ann: User, session: Session
) -> None:
    for _ in range(10):
        change(signed_in, password="a wrong password")

    session.rollback()
    assert ann.locked_until is not None
    assert change(signed_in)[0] == 422


def test_change_is_noted_without_the_password(
    signed_in: Browser, session: Session, ann: User
) -> None:
    change(signed_in)

    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "user.set_password")
    ).one()
    assert (entry.user_id, entry.subject_id, entry.details) == (ann.id, ann.id, {})


@pytest.fixture
def link(admit: Callable[..., User], session: Session) -> str:
    """Return the link of somebody who has no password yet."""
    user = admit("bo@example.com", password=None, failed_sign_ins=3)
    secret = links.issue_link(session, "an administrator", user, at=NOW)
    session.commit()
    return f"/password/{secret}"


def test_link_sets_a_password_once(browser: Browser, link: str) -> None:
    with time_machine.travel(NOW):
        page = browser.get(link)
        answer = browser.send(link, new_password=NEW, again=NEW)
        again = browser.get(link)

    assert "bo@example.com" in sentences(page)
    assert answer.location == "/sign-in"
    assert (again.status_code, "已经用过或过期" in sentences(again)) == (404, True)
    assert browser.sign_in("bo@example.com", NEW).status_code == 302


def test_link_ends_after_a_day(browser: Browser, link: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        clock.shift(timedelta(hours=24) - timedelta(seconds=1))
        before = browser.get(link).status_code
        clock.shift(timedelta(seconds=1))
        after = browser.send(link, page="/sign-in", new_password=NEW, again=NEW)

    assert (before, after.status_code) == (200, 404)


def test_new_link_replaces_the_old_one(
    browser: Browser, link: str, session: Session
) -> None:
    user = session.scalars(select(User)).one()
    links.issue_link(session, "an administrator", user, at=NOW)
    session.commit()

    with time_machine.travel(NOW):
        assert browser.get(link).status_code == 404


def test_link_of_a_disabled_user_opens_nothing(
    browser: Browser, link: str, session: Session
) -> None:
    session.scalars(select(User)).one().active = False
    session.commit()

    with time_machine.travel(NOW):
        assert browser.get(link).status_code == 404


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [("short", "short", "至少 12 个字符"), (NEW, "another", "不一样")],
)
def test_bad_password_does_not_use_the_link_up(
    browser: Browser, link: str, new: str, again: str, sentence: str
) -> None:
    with time_machine.travel(NOW):
        answer = browser.send(link, new_password=new, again=again)
        after = browser.get(link)

    assert (answer.status_code, sentence in sentences(answer)) == (422, True)
    assert after.status_code == 200


def test_page_of_a_link_is_kept_by_no_cache(browser: Browser, link: str) -> None:
    with time_machine.travel(NOW):
        assert browser.get(link).headers["Cache-Control"] == "no-store"


def test_link_that_nobody_made_is_not_found(browser: Browser) -> None:
    assert browser.get("/password/anything").status_code == 404
