import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.models import Account, AuditEntry, Role, User
from wxchannels.people import users
from wxchannels.people.users import (
    BadEmailError,
    EmailTakenError,
    LastAdministratorError,
    NoRoleError,
    OwnRightsError,
    Rights,
    UserNotFoundError,
)

STAFF = Rights(role=Role.STAFF, on_accounts={})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ann@example.com", "ann@example.com"),
        ("  Ann@EXAMPLE.com ", "ann@example.com"),
        ("ａｎｎ＠example.com", "ann@example.com"),
        ("ann@localhost", "ann@localhost"),
        ("ann@corp.local", "ann@corp.local"),
        ("ann+wx@example.test", "ann+wx@example.test"),
        ("张三@例子.中国", "张三@例子.中国"),
    ],
)
def test_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert users.normal_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ann",
        "ann@",
        "@example.com",
        "ann@b@example.com",
        "ann lee@example.com",
        "ann@exa mple.com",
        "ann@example.com, bo@example.com",
        "<ann@example.com>",
        "ann@example.com\nbo@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 253,
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadEmailError):
        users.normal_email(typed)


def test_person_is_found_by_any_form_of_the_address(session: Session) -> None:
    user = factories.user(session)

    assert users.find_user(session, " ANN@example.com") == user
    assert users.find_user(session, "bo@example.com") is None
    assert users.find_user(session, "no address") is None


def test_nobody_is_there_at_first(session: Session) -> None:
    before = users.is_empty(session)
    factories.user(session)

    assert (before, users.is_empty(session)) == (True, False)


def test_unknown_number_is_refused(session: Session) -> None:
    with pytest.raises(UserNotFoundError):
        users.get_user(session, 1)


def test_admitted_person_has_what_was_said(session: Session, account: Account) -> None:
    rights = Rights(role=None, on_accounts={account.id: Role.MANAGER, 999: Role.ADMIN})

    user = users.add_user(
        session, "command line", "Ann@example.com", " Ann ", rights, at=NOON
    )

    session.commit()
    [entry] = session.scalars(select(AuditEntry))
    assert (user.email, user.name, user.role) == ("ann@example.com", "Ann", None)
    assert [row.account_id for row in user.memberships] == [account.id]
    assert (entry.actor, entry.action) == ("command line", "user.add")
    assert (entry.subject_id, entry.at) == (user.id, NOON)


def test_address_belongs_to_one_person(session: Session) -> None:
    factories.user(session)

    with pytest.raises(EmailTakenError, match=r"ann@example\.com"):
        users.add_user(session, "", "ANN@example.com", "", STAFF, at=NOON)


def test_address_taken_at_the_same_moment_is_refused_too(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.user(session)
    # The other one was not there yet when we looked.
    monkeypatch.setattr(users, "find_user", lambda *_: None)

    with pytest.raises(EmailTakenError):
        users.add_user(session, "", "ann@example.com", "", STAFF, at=NOON)


def test_person_without_any_role_is_not_admitted(session: Session) -> None:
    with pytest.raises(NoRoleError):
        users.add_user(session, "", "ann@example.com", "", Rights(None, {}), at=NOON)


def test_change_replaces_the_roles(session: Session, account: Account) -> None:
    other = factories.account(session, slug="other")
    ann = factories.user(session)
    bo = factories.user(session, "bo@example.com", Role.STAFF)
    factories.membership(session, bo, account, Role.STAFF)
    rights = Rights(
        role=None, on_accounts={account.id: Role.ADMIN, other.id: Role.MANAGER}
    )

    users.change_user(session, ann, bo, "Bo", rights, at=NOON)

    session.commit()
    session.refresh(bo)
    assert (bo.name, bo.role) == ("Bo", None)
    assert {row.account_id: row.role for row in bo.memberships} == rights.on_accounts


def test_change_leaves_nobody_without_a_role(session: Session) -> None:
    ann = factories.user(session)
    bo = factories.user(session, "bo@example.com", Role.STAFF)

    with pytest.raises(NoRoleError):
        users.change_user(session, ann, bo, "Bo", Rights(None, {}), at=NOON)


def test_administrators_keep_their_own_administration(session: Session) -> None:
    ann = factories.user(session)
    factories.user(session, "bo@example.com", Role.ADMIN)

    with pytest.raises(OwnRightsError):
        users.change_user(session, ann, ann, "Ann", STAFF, at=NOON)
    with pytest.raises(OwnRightsError):
        users.disable_user(session, ann, ann, at=NOON)


def test_administrators_may_change_their_own_name(session: Session) -> None:
    ann = factories.user(session)

    users.change_user(session, ann, ann, "Ann", Rights(Role.ADMIN, {}), at=NOON)

    assert ann.name == "Ann"


def test_last_administrator_stays(session: Session) -> None:
    ann = factories.user(session)
    bo = factories.user(session, "bo@example.com", Role.STAFF)
    factories.user(session, "cy@example.com", Role.ADMIN, active=False)

    # Bo was an administrator when the page was opened.
    with pytest.raises(LastAdministratorError):
        users.disable_user(session, bo, ann, at=NOON)


def test_one_of_two_administrators_may_go(session: Session) -> None:
    ann = factories.user(session)
    bo = factories.user(session, "bo@example.com", Role.ADMIN)

    users.disable_user(session, ann, bo, at=NOON)

    session.commit()
    assert not bo.active


def test_disabled_administrator_may_lose_the_role(session: Session) -> None:
    ann = factories.user(session)
    bo = factories.user(session, "bo@example.com", Role.ADMIN, active=False)

    users.change_user(session, ann, bo, "Bo", STAFF, at=NOON)

    assert bo.role == Role.STAFF


def test_disabling_ends_sessions_and_links(session: Session) -> None:
    ann = factories.user(session)
    bo = factories.user(
        session, "bo@example.com", Role.STAFF, link_digest=b"d", link_expires_at=NOON
    )
    before = bo.fs_uniquifier

    users.disable_user(session, ann, bo, at=NOON)

    session.commit()
    assert bo.fs_uniquifier != before
    assert (bo.link_digest, bo.link_expires_at) == (None, None)


def test_list_is_sorted_by_address_and_counts_all(session: Session) -> None:
    for letter in "cab":
        factories.user(session, f"{letter}@example.com", Role.STAFF)

    found = users.list_users(session, page=2, page_size=2)

    assert ([user.email for user in found.items], found.total) == (["c@example.com"], 3)


@pytest.mark.parametrize("search", ["%", "_", "\\"])
def test_search_takes_signs_as_they_are(session: Session, search: str) -> None:
    factories.user(session)
    odd: User = factories.user(session, "x@example.com", name=f"a{search}b")

    assert list(users.list_users(session, search=search).items) == [odd]
