"""Connecting official accounts, changing their settings and finding them."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wxchannels.accounts.connection import Connection
from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.ledger import recount
from wxchannels.models import AccessToken, Account, Mode, ScanEvent

PEPPER_BYTES = 32


class AccountNotFoundError(NotFoundError):
    """Nobody connected an account under this slug."""

    sentence = N_("There is no account “%(slug)s”.")


class SlugTakenError(DomainError):
    """Two accounts would answer at one address."""

    field = "slug"
    sentence = N_("There is already an account at “%(slug)s”.")


class AppIdTakenError(DomainError):
    """One official account connected twice would count everything twice."""

    field = "app_id"
    sentence = N_("The account with this AppID is already connected.")


class AppIdInUseError(DomainError):
    """People of another account would mix with those we know."""

    field = "app_id"
    sentence = N_(
        "This account already has events. Connect another official account separately."
    )


def connect_account(
    session: Session, connection: Connection, *, at: datetime
) -> Account:
    """Add an account as `connection` describes it, or raise what is wrong first."""
    _refuse(connection.problems())
    account = Account(
        slug=connection.slug,
        pepper=secrets.token_bytes(PEPPER_BYTES),
        created_at=at,
    )
    _save(session, account, connection)
    return account


def edit_account(
    session: Session, account: Account, connection: Connection, *, at: datetime
) -> None:
    """Change the account's settings; an empty secret or key stays as it is.

    Another time zone has everything counted again, on other days.

    The slug never changes: WeChat calls it. Token and AES key from before are still
    tried: the console is changed after us, and WeChat switches when it likes
    (wechat.md 3.2).
    """
    _refuse(edit_problems(session, account, connection))
    whole = complete(account, connection)
    if (whole.app_id, whole.app_secret) != (account.app_id, account.app_secret):
        forget_token(session, account)
    if whole.time_zone != account.time_zone:
        recount.move_days(session, account, now=at)
    _save(session, account, whole)


def edit_problems(
    session: Session, account: Account, connection: Connection
) -> list[DomainError]:
    """Return all that speaks against changing `account` to `connection`."""
    problems = complete(account, connection).problems()
    if connection.app_id != account.app_id and _has_events(session, account):
        problems.append(AppIdInUseError())
    return problems


def complete(account: Account, connection: Connection) -> Connection:
    """Return `connection` with what was left empty because it is not shown."""
    return replace(
        connection,
        slug=account.slug,
        app_secret=connection.app_secret or account.app_secret,
        token=connection.token or account.token,
        aes_key=connection.aes_key or account.aes_key or "",
    )


def list_changes(account: Account, connection: Connection) -> list[str]:
    """Return the names of the settings that `connection` changes, never a value."""
    whole = complete(account, connection)
    return [
        name
        for name in Connection.__dataclass_fields__
        if getattr(whole, name) != (getattr(account, name) or "")
    ]


def forget_previous(session: Session, slug: str) -> Account:
    """Take nothing signed or sealed with what was valid before the last change."""
    account = get_account(session, slug)
    account.previous_token = account.previous_aes_key = None
    return account


def forget_token(session: Session, account: Account) -> None:
    """Drop the access token and what we know of it: it was got in another name."""
    account.token_checked_at = account.token_errcode = account.token_error = None
    session.execute(
        update(AccessToken)
        .where(AccessToken.account_id == account.id)
        .values(value=None, expires_at=None, version=AccessToken.version + 1)
    )


def callback_url(base_url: str, slug: str) -> str:
    """Return what is entered as URL in WeChat's console."""
    return f"{base_url}/weixin/{slug}"


def list_accounts(session: Session) -> Sequence[Account]:
    """Return every account, by name."""
    return session.scalars(select(Account).order_by(Account.name, Account.id)).all()


def find_account(session: Session, slug: str) -> Account | None:
    """Return the account at `slug`."""
    return session.scalar(select(Account).where(Account.slug == slug))


def get_account(session: Session, slug: str) -> Account:
    """Return the account at `slug`, or raise `AccountNotFoundError`."""
    account = find_account(session, slug)
    if account is None:
        raise AccountNotFoundError(slug=slug)
    return account


def only_account(session: Session) -> Account | None:
    """Return the account where there is exactly one, so that nobody has to name it."""
    accounts = session.scalars(select(Account).limit(2)).all()
    return accounts[0] if len(accounts) == 1 else None


def _refuse(problems: Sequence[DomainError]) -> None:
    if problems:
        raise problems[0]


def _write(account: Account, connection: Connection) -> None:
    account.name = connection.name
    account.app_id = connection.app_id
    account.original_id = connection.original_id
    account.app_secret = connection.app_secret
    if account.token and connection.token != account.token:
        account.previous_token = account.token
    account.token = connection.token
    if account.aes_key and connection.aes_key != account.aes_key:
        account.previous_aes_key = account.aes_key
    account.aes_key = connection.aes_key or None
    account.mode = Mode(connection.mode)
    account.time_zone = connection.time_zone


def _save(session: Session, account: Account, connection: Connection) -> None:
    """Write the account; the unique keys say what is taken, not a look-up before."""
    try:
        with session.begin_nested():
            _write(account, connection)
            session.add(account)
    except IntegrityError:
        taken = select(Account.id).where(Account.app_id == connection.app_id)
        if session.scalar(taken) is not None:
            raise AppIdTakenError from None
        raise SlugTakenError(slug=connection.slug) from None


def _has_events(session: Session, account: Account) -> bool:
    events = select(ScanEvent.id).where(ScanEvent.account_id == account.id)
    return session.scalar(events.limit(1)) is not None
