from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.models import AuditEntry, UserSession
from wxchannels.people import links, passwords, second_factor, sessions, sign_in
from wxchannels.people.links import LinkEndedError
from wxchannels.people.passwords import (
    PasswordTooLongError,
    PasswordTooShortError,
    PasswordTooSimpleError,
)

LOCK = timedelta(minutes=15)


def test_tenth_failure_in_a_row_locks(session: Session) -> None:
    user = factories.user(session)
    for _ in range(9):
        sign_in.settle(session, user, right=False, at=NOON)
    before = sign_in.is_locked(user, at=NOON)

    sign_in.settle(session, user, right=False, at=NOON)

    assert (before, user.locked_until) == (False, NOON + LOCK)


def test_locked_user_is_refused_with_the_right_password(session: Session) -> None:
    user = factories.user(session, locked_until=NOON + LOCK)

    assert not sign_in.settle(session, user, right=True, at=NOON)
    assert sign_in.settle(session, user, right=True, at=NOON + LOCK)


def test_tries_while_locked_do_not_prolong_the_lock(session: Session) -> None:
    user = factories.user(session, locked_until=NOON + LOCK)

    for _ in range(20):
        sign_in.settle(session, user, right=False, at=NOON)

    assert user.locked_until == NOON + LOCK


def test_disabled_user_is_refused(session: Session) -> None:
    user = factories.user(session, active=False)

    assert not sign_in.settle(session, user, right=True, at=NOON)


def test_coming_in_forgets_failures(session: Session) -> None:
    user = factories.user(session, failed_sign_ins=9, locked_until=NOON - LOCK)

    sign_in.enter(session, user, at=NOON)

    assert (user.failed_sign_ins, user.locked_until) == (0, None)
    assert user.last_sign_in_at == NOON


def test_unlocked_user_starts_again(session: Session) -> None:
    user = factories.user(session, failed_sign_ins=9, locked_until=NOON + LOCK)

    sign_in.unlock(session, "command line", user, at=NOON)

    assert sign_in.settle(session, user, right=True, at=NOON)
    assert user.failed_sign_ins == 0


def test_refusal_of_a_known_user_names_them(session: Session) -> None:
    user = factories.user(session)

    sign_in.note_refusal(session, user, "192.0.2.1", at=NOON)

    [entry] = session.scalars(select(AuditEntry))
    assert (entry.user_id, entry.subject_id) == (None, user.id)


@pytest.mark.parametrize("password", ["", "short", "elevenchars"])
def test_short_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooShortError):
        passwords.check_password(password, email="ann@example.com")


def test_endless_password_is_refused_with_its_limit() -> None:
    with pytest.raises(PasswordTooLongError, match="at most 1024"):
        passwords.check_password("correct horse" * 80, email="ann@example.com")


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "121212121212",
        "PassWordPassWord",
        "password1234",
        "qwertyuiop123",
        "ann@example.com",
        "Ann@Example.com1",
    ],
)
def test_password_that_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooSimpleError):
        passwords.check_password(password, email="ann@example.com")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "一二三四五六七八九十甲乙", "tr0ub4dor&3xyz"]
)
def test_good_password_is_taken(password: str) -> None:
    assert passwords.check_password(password, email="ann@example.com")


def test_password_is_the_same_however_it_is_composed() -> None:
    one = passwords.check_password("caf\u00e9 caf\u00e9 noir", email="a@b")
    other = passwords.check_password("cafe\u0301 cafe\u0301 noir", email="a@b")

    assert one == other


def test_new_password_ends_lock_links_and_sessions(session: Session) -> None:
    user = factories.user(session, failed_sign_ins=3, locked_until=NOON + LOCK)
    links.issue_link(session, "command line", user, at=NOON)
    before = user.fs_uniquifier

    passwords.set_password(session, user, user, "a hash", at=NOON)

    assert (user.password, user.failed_sign_ins) == ("a hash", 0)
    assert (user.locked_until, user.link_digest) == (None, None)
    assert user.fs_uniquifier != before


def test_link_is_kept_as_a_digest(session: Session) -> None:
    user = factories.user(session)

    secret = links.issue_link(session, "command line", user, at=NOON)

    assert len(secret) == 43
    assert user.link_digest is not None
    assert secret.encode() not in user.link_digest


def test_link_is_good_for_a_day(session: Session) -> None:
    user = factories.user(session)
    secret = links.issue_link(session, "command line", user, at=NOON)
    day = timedelta(hours=24)

    assert links.get_user_by_link(session, secret, at=NOON) == user
    with pytest.raises(LinkEndedError):
        links.get_user_by_link(session, secret, at=NOON + day)


@pytest.mark.parametrize("secret", ["", "unknown"])
def test_link_nobody_made_opens_nothing(session: Session, secret: str) -> None:
    factories.user(session)

    with pytest.raises(LinkEndedError):
        links.get_user_by_link(session, secret, at=NOON)


def test_codes_are_on_and_off(session: Session) -> None:
    user = factories.user(session)

    second_factor.turn_on(session, user, "a secret", at=NOON)
    on = second_factor.is_on(user)
    second_factor.turn_off(session, "command line", user, at=NOON)

    assert (on, second_factor.is_on(user)) == (True, False)


def stored(session: Session, number: int, **fields: object) -> UserSession:
    row = UserSession(
        session_hash=bytes([number]) * 32, content=b"{}", created_at=NOON, **fields
    )
    session.add(row)
    session.commit()
    return row


def test_running_sessions_of_the_user_are_listed(session: Session) -> None:
    ann, bo = factories.user(session), factories.user(session, "bo@example.com")
    running = stored(session, 1, user_id=ann.id, expires_at=NOON + LOCK)
    stored(session, 2, user_id=ann.id, expires_at=NOON)
    stored(session, 3, user_id=bo.id, expires_at=NOON + LOCK)

    assert list(sessions.list_sessions(session, ann, now=NOON)) == [running]


def test_ending_sessions_leaves_others_alone(session: Session) -> None:
    ann, bo = factories.user(session), factories.user(session, "bo@example.com")
    stored(session, 1, user_id=ann.id, expires_at=NOON + LOCK)
    other = stored(session, 2, user_id=bo.id, expires_at=NOON + LOCK)

    sessions.end_sessions(session, ann)

    assert list(session.scalars(select(UserSession))) == [other]
