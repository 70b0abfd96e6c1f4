"""Who may do what on which account: the only place that knows."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from wxchannels.models import Account, Membership, Role, User


class Action(StrEnum):
    """What somebody may be allowed to do on an account."""

    READ = "read"  # channels, reports, events
    MANAGE_CHANNELS = "manage_channels"  # channels, codes, replies
    MANAGE_MENU = "manage_menu"  # what every follower sees at the bottom of the chat
    MANAGE_ACCOUNT = "manage_account"  # the connection to WeChat, API keys, people


ALLOWED: dict[Role, frozenset[Action]] = {
    Role.ADMIN: frozenset(Action),
    Role.STAFF: frozenset({Action.READ, Action.MANAGE_CHANNELS}),
    Role.MANAGER: frozenset({Action.READ}),
}


def role_of(user: User, account: Account) -> Role | None:
    """Return the user's role on `account`: the membership, else the role everywhere."""
    for membership in user.memberships:
        if membership.account_id == account.id:
            return Role(membership.role)
    return Role(user.role) if user.role else None


def can(user: User, action: Action, account: Account | None) -> bool:
    """Say whether `user`, who may be a stranger, may do `action` on `account`."""
    # Error pages ask too, of whoever and wherever the error met them.
    if account is None or not user.is_authenticated:
        return False
    role = role_of(user, account)
    return user.active and role is not None and action in ALLOWED[role]


def is_administrator(user: User) -> bool:
    """Say whether `user` runs the installation: connects accounts, admits people."""
    return user.active and user.role == Role.ADMIN


def reads(account_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that a user may read the account: every role may."""
    member = User.memberships.any(Membership.account_id == account_id)
    return User.active & (User.role.is_not(None) | member)


def list_people(
    session: Session, account: Account, emails: Collection[str] | None = None
) -> Sequence[User]:
    """Return the users who may read `account`, all or those at `emails`, by name."""
    query = select(User).where(reads(account.id)).order_by(User.name, User.email)
    if emails is not None:
        query = query.where(User.email.in_(emails))
    return session.scalars(query).all()


def list_accounts(session: Session, user: User) -> list[Account]:
    """Return the accounts that `user` may read, by name."""
    accounts = session.scalars(select(Account).order_by(Account.name, Account.id))
    return [account for account in accounts if can(user, Action.READ, account)]
