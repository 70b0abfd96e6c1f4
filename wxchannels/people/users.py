"""The people who sign in: admitted, changed, disabled."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.models import Account, Membership, Role, User
from wxchannels.paging import Page
from wxchannels.people import audit, sessions

EMAIL_LENGTH = 254
NAME_LENGTH = 64
#: An address is a name to sign in with; `ann@corp.local` is as good as any.
EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]{1,64}@[^\s@,;:<>()\[\]\\\"/]+")


class BadEmailError(DomainError):
    """An address is checked for its form only: no look-up, no mail."""

    sentence = N_("“%(email)s” is not an e-mail address.")
    field = "email"


class EmailTakenError(DomainError):
    """People sign in with their address, so it belongs to one of them."""

    sentence = N_("There is already a user with the address %(email)s.")
    field = "email"


class NoRoleError(DomainError):
    """Somebody without a role would sign in and see nothing."""

    sentence = N_("Give a role: everywhere, or on one of the accounts.")
    field = "role"


class OwnRightsError(DomainError):
    """Administrators who lock themselves out cannot let themselves in again."""

    sentence = N_("You cannot disable yourself or take your own administration away.")
    field = "role"


class LastAdministratorError(DomainError):
    """Without an administrator nobody could admit people."""

    sentence = N_("This is the last administrator. Make somebody else one first.")
    field = "role"


class UserNotFoundError(NotFoundError):
    """There is no such user, or none with this address."""

    sentence = N_("There is no such user.")


@dataclass(frozen=True)
class Rights:
    """A role everywhere, roles on single accounts, or both."""

    role: Role | None
    on_accounts: Mapping[int, Role]


def normal_email(text: str) -> str:
    """Return the address as it is kept and looked for, or refuse it."""
    email = unicodedata.normalize("NFKC", text).strip().casefold()
    if len(email) > EMAIL_LENGTH or not EMAIL.fullmatch(email):
        raise BadEmailError(email=text.strip()[:EMAIL_LENGTH])
    return email


def find_user(session: Session, email: str) -> User | None:
    """Return the user with this address, if there is one."""
    try:
        email = normal_email(email)
    except BadEmailError:
        return None
    return session.scalar(select(User).where(User.email == email))


def get_user(session: Session, user_id: int) -> User:
    """Return the user with this number, for whoever is about to change them."""
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise UserNotFoundError
    return user


def list_users(
    session: Session, *, search: str = "", page: int = 1, page_size: int = 50
) -> Page[User]:
    """Return a page of the users whose name or address contains `search`."""
    query = select(User)
    if search.strip():
        text = search.strip()
        query = query.where(
            or_(
                User.email.icontains(text, autoescape=True),
                User.name.icontains(text, autoescape=True),
            )
        )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    part = query.order_by(User.email).limit(page_size).offset((page - 1) * page_size)
    found = session.scalars(part.options(selectinload(User.memberships)))
    return Page(found.all(), page, page_size, total)


def is_empty(session: Session) -> bool:
    """Say whether nobody was admitted yet."""
    return session.scalar(select(User.id).limit(1)) is None


def add_user(
    session: Session,
    actor: User | str,
    email: str,
    name: str,
    rights: Rights,
    *,
    password_hash: str | None = None,
    at: datetime,
) -> User:
    """Admit somebody. Without a password they need a link that lets them set one."""
    email = normal_email(email)
    if not rights.role and not rights.on_accounts:
        raise NoRoleError
    if find_user(session, email):
        raise EmailTakenError(email=email)
    user = User(
        email=email,
        name=name.strip()[:NAME_LENGTH],
        password=password_hash,
        fs_uniquifier=sessions.new_name(),
        role=rights.role,
        active=True,
        failed_sign_ins=0,
        created_at=at,
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody else was admitting the same person at this moment.
        raise EmailTakenError(email=email) from error
    _set_memberships(session, user, rights.on_accounts)
    _note(session, actor, "user.add", user, rights, at=at)
    return user


def change_user(
    session: Session,
    actor: User,
    user: User,
    name: str,
    rights: Rights,
    *,
    at: datetime,
) -> None:
    """Give the user another name and other rights, from the next request on."""
    if not rights.role and not rights.on_accounts:
        raise NoRoleError
    if rights.role != Role.ADMIN:
        _check_may_lose(session, actor, user)
    user.name = name.strip()[:NAME_LENGTH]
    user.role = rights.role
    _set_memberships(session, user, rights.on_accounts)
    _note(session, actor, "user.change", user, rights, at=at)


def disable_user(session: Session, actor: User, user: User, *, at: datetime) -> None:
    """Shut the user out, at once and everywhere."""
    _check_may_lose(session, actor, user)
    user.active = False
    user.link_digest = user.link_expires_at = None
    sessions.end_sessions(session, user)
    audit.note(session, actor, "user.disable", subject_id=user.id, at=at)


def enable_user(session: Session, actor: User, user: User, *, at: datetime) -> None:
    """Let a disabled user in again."""
    user.active = True
    audit.note(session, actor, "user.enable", subject_id=user.id, at=at)


def _set_memberships(
    session: Session, user: User, on_accounts: Mapping[int, Role]
) -> None:
    known = set(session.scalars(select(Account.id)))
    kept = {row.account_id: row for row in user.memberships}
    user.memberships = [
        kept.get(account_id) or Membership(account_id=account_id, role=role)
        for account_id, role in on_accounts.items()
        if account_id in known
    ]
    for row in user.memberships:
        row.role = on_accounts[row.account_id]


def _check_may_lose(session: Session, actor: User, user: User) -> None:
    """Refuse to leave the installation, or the actor, without administration."""
    if user.role != Role.ADMIN or not user.active:
        return
    if user.id == actor.id:
        raise OwnRightsError
    administrators = select(User.id).where(User.role == Role.ADMIN, User.active)
    if set(session.scalars(administrators.with_for_update())) <= {user.id}:
        raise LastAdministratorError


def _note(
    session: Session,
    actor: User | str,
    action: str,
    user: User,
    rights: Rights,
    *,
    at: datetime,
) -> None:
    details = {
        "email": user.email,
        "role": rights.role,
        "on_accounts": {str(key): role for key, role in rights.on_accounts.items()},
    }
    audit.note(session, actor, action, subject_id=user.id, details=details, at=at)
