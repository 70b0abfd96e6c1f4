"""Whose WeChat signs whom in: what the database decides, on each of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.errors import NotFoundError
from wxchannels.members import codes
from wxchannels.models import (
    Account,
    CodeState,
    Follower,
    TemporaryCode,
    User,
    UserWeChat,
)
from wxchannels.people import phones
from wxchannels.people.phones import (
    CodeSpentError,
    PhoneTakenError,
    PhoneUnknownError,
)
from wxchannels.wechat.answers import Ticket

DESK = "d" * 64
LATER = NOON + timedelta(seconds=10)


@pytest.fixture
def account(session: Session) -> Account:
    return factories.account(session, signs_users_in=True)


@pytest.fixture
def ann(session: Session) -> User:
    return factories.user(session)


def phone(session: Session, account: Account, name: str = "anna") -> Follower:
    """Return the person who holds a phone."""
    person = Follower(
        account_id=account.id, openid_hash=name.encode().ljust(32), first_seen_at=NOON
    )
    session.add(person)
    session.commit()
    return person


def scanned(
    session: Session, account: Account, person: Follower, *, binds: User | None = None
) -> TemporaryCode:
    """Return a code that was scanned and waits to be confirmed."""
    request = phones.plan()
    code = phones.record(
        session,
        account,
        request,
        Ticket("T", "http://weixin.qq.com/q/x", 300),
        browser=DESK,
        address="203.0.113.9",
        binds=binds,
        link="http://localhost/sign-in/confirm/{}".format,
        at=NOON,
    )
    stored = codes.read_code(session, code.id)
    assert codes.claim(session, stored, person.id, code.scene_hash, at=NOON)
    session.commit()
    session.expire_all()
    return code


def bound(session: Session) -> dict[int, int]:
    """Return whose WeChat signs whom in."""
    rows = session.scalars(select(UserWeChat)).all()
    return {row.user_id: row.follower_id for row in rows}


def test_phone_is_bound_and_signs_in_once(
    session: Session, account: Account, ann: User
) -> None:
    anna = phone(session, account)
    phones.confirm(session, scanned(session, account, anna, binds=ann), at=LATER)
    code = scanned(session, account, anna)

    early = phones.take(session, code, at=LATER)
    phones.confirm(session, code, at=LATER)
    taken = [phones.take(session, code, at=LATER) for _ in range(2)]

    assert bound(session) == {ann.id: anna.id}
    assert (early, taken) == (None, [ann, None])
    assert code.state == CodeState.CONSUMED
    with pytest.raises(CodeSpentError):
        phones.confirm(session, code, at=LATER)


def test_database_keeps_it_one_to_one(
    session: Session, account: Account, ann: User
) -> None:
    bob = factories.user(session, "bob@example.com")
    anna, bo = phone(session, account), phone(session, account, "bo")
    waiting = [
        scanned(session, account, person, binds=user)
        for person, user in ((anna, ann), (anna, bob), (bo, ann))
    ]
    # A second scan drops the first; here each still waits.
    for code in waiting:
        code.state = CodeState.SCANNED
    session.commit()

    phones.confirm(session, waiting[0], at=LATER)
    session.commit()
    for code in waiting[1:]:
        with pytest.raises(PhoneTakenError):
            phones.confirm(session, code, at=LATER)
        session.rollback()

    assert bound(session) == {ann.id: anna.id}


def test_phone_unbound_after_the_confirmation_signs_nobody_in(
    session: Session, account: Account, ann: User
) -> None:
    anna = phone(session, account)
    phones.confirm(session, scanned(session, account, anna, binds=ann), at=LATER)
    code = scanned(session, account, anna)
    phones.confirm(session, code, at=LATER)
    phones.unbind(session, ann, ann, at=LATER)
    session.commit()

    with pytest.raises(PhoneUnknownError):
        phones.take(session, code, at=LATER)

    assert bound(session) == {}
    assert phones.bound_at(session, ann) is None


def test_code_is_the_browsers_that_asked(
    session: Session, account: Account, ann: User
) -> None:
    del ann
    code = scanned(session, account, phone(session, account))

    assert phones.get_of_browser(session, code.id, DESK) == code
    for number, word in ((code.id, "e" * 64), (code.id, ""), (code.id + 1, DESK)):
        with pytest.raises(NotFoundError):
            phones.get_of_browser(session, number, word)


def test_time_is_over_for_both_steps(
    session: Session, account: Account, ann: User
) -> None:
    anna = phone(session, account)
    phones.confirm(session, scanned(session, account, anna, binds=ann), at=LATER)
    code = scanned(session, account, anna)
    over = NOON + timedelta(minutes=5)

    with pytest.raises(CodeSpentError):
        phones.confirm(session, code, at=over)
    phones.confirm(session, code, at=over - timedelta(seconds=1))

    assert phones.take(session, code, at=over) is None


def test_one_account_signs_users_in_or_none(
    session: Session, account: Account, ann: User
) -> None:
    other = factories.account(session, slug="other")

    phones.use_account(session, ann, other, at=NOON)
    chosen = phones.find_account(session)
    phones.use_account(session, ann, None, at=NOON)

    assert chosen == other
    assert phones.find_account(session) is None
    session.refresh(account)
    assert not account.signs_users_in
