import pytest
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.models import Account, Role, User
from wxchannels.people import policy
from wxchannels.people.policy import Action

ALL = [Action.READ, Action.MANAGE_CHANNELS, Action.MANAGE_ACCOUNT]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.ADMIN, [True, True, True]),
        (Role.STAFF, [True, True, False]),
        (Role.MANAGER, [True, False, False]),
        (None, [False, False, False]),
    ],
)
def test_role_everywhere_holds_on_every_account(
    session: Session, account: Account, role: Role | None, allowed: list[bool]
) -> None:
    user = factories.user(session, role=role)

    assert [policy.can(user, action, account) for action in ALL] == allowed


@pytest.mark.parametrize("everywhere", [None, Role.ADMIN, Role.MANAGER])
def test_role_on_an_account_goes_before_the_role_everywhere(
    session: Session, account: Account, everywhere: Role | None
) -> None:
    other = factories.account(session, slug="other")
    user = factories.user(session, role=everywhere)
    factories.membership(session, user, account, Role.STAFF)

    assert policy.role_of(user, account) == Role.STAFF
    assert policy.role_of(user, other) == everywhere


def test_disabled_user_may_nothing(session: Session, account: Account) -> None:
    user = factories.user(session, role=Role.ADMIN, active=False)

    assert not policy.can(user, Action.READ, account)
    assert not policy.is_administrator(user)
    assert policy.list_accounts(session, user) == []


@pytest.mark.parametrize(
    ("role", "runs"),
    [(Role.ADMIN, True), (Role.STAFF, False), (Role.MANAGER, False), (None, False)],
)
def test_only_administrators_everywhere_run_the_installation(
    session: Session, account: Account, role: Role | None, *, runs: bool
) -> None:
    user: User = factories.user(session, role=role)
    if role is None:
        factories.membership(session, user, account, Role.ADMIN)

    assert policy.is_administrator(user) == runs


def test_accounts_that_may_be_read_are_listed_by_name(session: Session) -> None:
    second = factories.account(session, slug="b", name="Beta")
    first = factories.account(session, slug="a", name="Alpha")
    factories.account(session, slug="c", name="Gamma")
    user = factories.user(session, role=None)
    for account in (second, first):
        factories.membership(session, user, account, Role.MANAGER)

    assert policy.list_accounts(session, user) == [first, second]
