import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.applications import statements
from tests.factories import NOON, PASSWORD
from tests.web.browser import Browser, sentences
from wxchannels.models import Account, AuditEntry, Role, User, UserSession
from wxchannels.people import users
from wxchannels.people.users import Rights
from wxchannels.web.refusals import explained

NO_RIGHTS = Rights(role=None, on_accounts={})
LINK = re.compile(r"http://localhost(/password/[\w-]+)")


def find(session: Session, email: str) -> User:
    session.rollback()
    return session.scalars(select(User).where(User.email == email)).one()


@pytest.fixture
def bo(admit: Callable[..., User], account: Account) -> User:
    """Return somebody who is not an administrator."""
    del account
    return admit("bo@example.com", Role.STAFF, name="Bo")


def test_admitted_person_sets_a_password_by_the_link_and_comes_in(
    signed_in: Browser, other_browser: Browser
) -> None:
    page = signed_in.send(
        "/users/new", email="New@Example.com", name="New", role="staff"
    )
    found = LINK.search(page.text)
    assert found
    other_browser.send(found[1], new_password=PASSWORD, again=PASSWORD)

    assert other_browser.sign_in("new@example.com").location == "/"


def test_many_users_are_listed_with_few_questions(
    signed_in: Browser, session: Session, account: Account
) -> None:
    for number in range(9):
        user = factories.user(session, f"{number}@example.com", role=None)
        factories.membership(session, user, account, Role.STAFF)

    with statements() as asked:
        signed_in.get("/users")

    assert len(asked) < 12


def test_link_is_shown_once_and_kept_nowhere(
    signed_in: Browser, session: Session, bo: User
) -> None:
    page = signed_in.send(f"/users/{bo.id}/link", page=f"/users/{bo.id}")

    found = LINK.search(page.text)
    assert found
    assert page.headers["Cache-Control"] == "no-store"
    assert not LINK.search(signed_in.get(f"/users/{bo.id}").text)
    session.rollback()
    kept = b"".join(session.scalars(select(UserSession.content)))
    assert found[1].encode() not in kept


def test_admitted_person_has_the_roles_that_were_chosen(
    signed_in: Browser, session: Session, account: Account
) -> None:
    signed_in.send(
        "/users/new",
        email="new@example.com",
        name="New",
        role="",
        **{f"account_{account.id}": "manager"},
    )

    user = find(session, "new@example.com")
    assert (user.name, user.role, user.password) == ("New", None, None)
    assert [(row.account_id, row.role) for row in user.memberships] == [
        (account.id, "manager")
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "", "role": "staff"}, "这里要填写"),
        ({"email": "no address", "role": "staff"}, "不是邮箱地址"),
        ({"email": "ANN@example.com", "role": "staff"}, "已经有账号了"),
        ({"email": "new@example.com", "role": ""}, "给一个角色"),
        ({"email": "new@example.com", "role": "staff", "name": "n" * 65}, "太长了"),
        ({"email": f"{'n' * 250}@x.example", "role": "staff"}, "太长了"),
    ],
)
def test_refused_admission_says_why_and_keeps_what_was_typed(
    signed_in: Browser, session: Session, fields: dict[str, str], sentence: str
) -> None:
    answer = signed_in.send("/users/new", **fields)

    session.rollback()
    assert (answer.status_code, sentence in sentences(answer)) == (422, True)
    assert f'value="{fields["email"]}"' in answer.text
    assert session.scalars(select(User)).one().email == "ann@example.com"


def test_unknown_role_is_refused(signed_in: Browser, session: Session) -> None:
    answer = signed_in.send("/users/new", email="new@example.com", role="owner")

    assert answer.status_code == 422
    assert session.scalars(select(User)).one().email == "ann@example.com"


def test_fields_that_are_not_in_the_form_change_nothing(
    signed_in: Browser, session: Session, bo: User
) -> None:
    signed_in.send(
        f"/users/{bo.id}",
        name="Bo",
        role="staff",
        email="other@example.com",
        password="x",
        active="",
        id="99",
        fs_uniquifier="x",
        account_99="admin",
    )

    user = find(session, "bo@example.com")
    assert user.active
    assert user.memberships == []
    assert user.fs_uniquifier == "uniquifier-of-bo@example.com"


def test_script_in_a_name_is_text(signed_in: Browser, bo: User) -> None:
    signed_in.send(f"/users/{bo.id}", name="<script>alert(1)</script>", role="staff")

    for address in ["/users", f"/users/{bo.id}"]:
        page = signed_in.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_rights_are_changed_from_the_next_request_on(
    signed_in: Browser, other_browser: Browser, bo: User
) -> None:
    other_browser.sign_in("bo@example.com")
    before = other_browser.get("/users").status_code

    answer = signed_in.send(f"/users/{bo.id}", name="Bo", role="admin")

    assert answer.location == "/users"
    assert (before, other_browser.get("/users").status_code) == (404, 200)


def test_page_shows_the_rights_there_are(
    signed_in: Browser, session: Session, bo: User, account: Account
) -> None:
    factories.membership(session, bo, account, Role.MANAGER)

    page = signed_in.get(f"/users/{bo.id}").text

    assert '<option selected value="staff">' in page
    assert '<option selected value="manager">' in page


def test_disabled_person_is_out_at_once_and_may_come_back(
    signed_in: Browser, other_browser: Browser, bo: User
) -> None:
    other_browser.sign_in("bo@example.com")
    signed_in.send(f"/users/{bo.id}/disable", page=f"/users/{bo.id}")
    offered = signed_in.get(f"/users/{bo.id}").text
    out = other_browser.get("/profile").status_code
    refused = other_browser.sign_in("bo@example.com").status_code
    signed_in.send(f"/users/{bo.id}/enable", page=f"/users/{bo.id}")

    assert re.search(
        rf'class="toast-x.*?action="/users/{bo.id}/enable"', offered, re.DOTALL
    )
    assert (out, refused) == (302, 422)
    assert other_browser.sign_in("bo@example.com").status_code == 302


@pytest.mark.parametrize("act", ["disable", "change"])
def test_nobody_takes_their_own_administration_away(
    signed_in: Browser, session: Session, ann: User, act: str
) -> None:
    page = f"/users/{ann.id}"
    if act == "disable":
        answer = signed_in.send(f"{page}/disable", page=page)
        answer = signed_in.get(answer.location)
    else:
        answer = signed_in.send(page, name="Ann", role="staff")

    user = find(session, "ann@example.com")
    assert "不能停用自己" in sentences(answer)
    assert (user.active, user.role) == (True, Role.ADMIN)


def test_new_link_for_somebody_who_forgot_the_password(
    signed_in: Browser, other_browser: Browser, bo: User
) -> None:
    page = signed_in.send(f"/users/{bo.id}/link", page=f"/users/{bo.id}")
    found = LINK.search(page.text)
    assert found
    other_browser.send(found[1], new_password="a" * 8 + "bcdefgh", again="x")

    assert other_browser.get(found[1]).status_code == 200


def test_locked_person_is_let_try_again(
    signed_in: Browser, other_browser: Browser, session: Session, bo: User
) -> None:
    bo.locked_until = datetime(2999, 1, 1, tzinfo=UTC)
    session.commit()
    shown = sentences(signed_in.get(f"/users/{bo.id}"))

    signed_in.send(f"/users/{bo.id}/unlock", page=f"/users/{bo.id}")

    assert "锁定到" in shown
    assert other_browser.sign_in("bo@example.com").status_code == 302


def test_code_is_switched_off_for_who_lost_the_phone(
    signed_in: Browser, other_browser: Browser, session: Session, bo: User
) -> None:
    bo.tf_primary_method, bo.tf_totp_secret = "authenticator", "a secret"
    session.commit()
    page = f"/users/{bo.id}"

    signed_in.send(f"{page}/second-factor/off", page=page)

    assert other_browser.sign_in("bo@example.com").location == "/"


def test_every_act_is_noted_with_who_did_it(
    signed_in: Browser, session: Session, ann: User, bo: User
) -> None:
    page = f"/users/{bo.id}"
    for act in ["link", "unlock", "disable", "enable", "second-factor/off"]:
        signed_in.send(f"{page}/{act}", page=page)

    session.rollback()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.user_id) for entry in entries[1:]] == [
        ("user.issue_link", ann.id),
        ("user.unlock", ann.id),
        ("user.disable", ann.id),
        ("user.enable", ann.id),
        ("user.turn_off_code", ann.id),
    ]
    assert {entry.subject_id for entry in entries[1:]} == {bo.id}


def test_list_finds_by_name_and_address(
    signed_in: Browser, admit: Callable[..., User], bo: User
) -> None:
    del bo
    admit("cy@example.org", name="100% Cy")

    by_name = sentences(signed_in.get("/users?q=100%25"))
    by_address = sentences(signed_in.get("/users?q=EXAMPLE.org"))
    nobody = sentences(signed_in.get("/users?q=%25%25"))

    assert ("100% Cy" in by_name, "Bo" in by_name) == (True, False)
    assert "cy@example.org" in by_address
    assert "没有找到" in nobody


def test_list_comes_in_pages(signed_in: Browser, session: Session) -> None:
    for number in range(60):
        factories.user(session, f"p{number:02}@example.com", Role.STAFF)

    first = sentences(signed_in.get("/users"))
    second = sentences(signed_in.get("/users?page=2"))

    assert ("p48@example.com" in first, "p49@example.com" in first) == (True, False)
    assert "p49@example.com" in second


@pytest.mark.parametrize(
    "page", ["0", "-1", "x", "1e9", "99999999999999999999", "NaN", ""]
)
def test_senseless_page_is_no_error(signed_in: Browser, page: str) -> None:
    assert signed_in.get(f"/users?page={page}").status_code == 200


@pytest.mark.parametrize(
    "number", ["0", "999", "-1", "9223372036854775808", "1.5", "x"]
)
def test_person_who_is_not_there_is_not_found(signed_in: Browser, number: str) -> None:
    assert signed_in.get(f"/users/{number}").status_code == 404


def test_profile_changes_name_and_language(
    signed_in: Browser, session: Session
) -> None:
    answer = signed_in.send("/profile", name="Ann Lee", locale="en")

    user = find(session, "ann@example.com")
    assert (user.name, user.locale) == ("Ann Lee", "en")
    assert "My profile" in sentences(signed_in.get(answer.location))


@pytest.mark.parametrize(
    "fields", [{"name": "n" * 65}, {"name": "Ann", "locale": "fr"}]
)
def test_profile_refuses_what_it_cannot_keep(
    signed_in: Browser, fields: dict[str, str]
) -> None:
    assert signed_in.send("/profile", **fields).status_code == 422


def test_profile_gives_no_rights(
    browser: Browser, session: Session, admit: Callable[..., User]
) -> None:
    admit("bo@example.com", Role.MANAGER)
    browser.sign_in("bo@example.com")

    browser.send("/profile", name="Bo", locale="", role="admin", email="x@example.com")

    assert find(session, "bo@example.com").role == Role.MANAGER


def test_change_that_does_not_fit_is_shown_again(signed_in: Browser, bo: User) -> None:
    answer = signed_in.send(f"/users/{bo.id}", name="n" * 65, role="staff")

    assert (answer.status_code, "太长了" in sentences(answer)) == (422, True)


def test_refusal_without_a_field_stands_above_the_form(
    app: Flask, session: Session
) -> None:
    with app.test_request_context():
        form = FlaskForm(meta={"csrf": False})
        with explained(form):
            users.add_user(session, "", "bo@example.com", "", NO_RIGHTS, at=NOON)

    assert form.form_errors == ["给一个角色：全部公众号，或其中某一个。"]
