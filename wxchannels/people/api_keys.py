"""The keys with which programs read and write one account."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.models import Account, ApiKey

SCOPES = (
    "channels:read",
    "channels:write",
    "events:read",
    "reports:read",
    "bindings:read",
    "bindings:write",
    "authorizations:write",
)
PREFIX = "wxc_"
KEY_BYTES = 20
SHOWN_CHARACTERS = 12
NAME_LENGTH = 64


class KeyNameTakenError(DomainError):
    """Keys of an account are told apart by their names."""

    sentence = N_("There is already an API key called “%(name)s”.")
    field = "name"


class BadKeyNameError(DomainError):
    """A key without a name cannot be recognised when it has to be revoked."""

    sentence = N_("An API key needs a name of 1 to 64 characters.")
    field = "name"


class UnknownScopeError(DomainError):
    """A key may only be given what exists."""

    sentence = N_("There is no scope “%(scope)s”. There are: %(scopes)s.")
    field = "scopes"


def issue_key(
    session: Session,
    account: Account,
    name: str,
    scopes: Sequence[str],
    *,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Return a new key and its text, which is shown once and kept nowhere.

    Without `scopes` it gets all of them.
    """
    name = name.strip()
    _check(session, account, name, scopes)
    text = PREFIX + base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode().lower()
    key = ApiKey(
        account=account,
        name=name,
        prefix=text[:SHOWN_CHARACTERS],
        digest=_digest(text),
        scopes=[scope for scope in SCOPES if scope in (scopes or SCOPES)],
        created_at=at,
    )
    session.add(key)
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody else was giving the same name at this moment.
        raise KeyNameTakenError(name=name) from error
    return key, text


def find_key(session: Session, text: str) -> ApiKey | None:
    """Return the key with this text, if there is one and it is not revoked."""
    digest = _digest(text)
    key = session.scalar(select(ApiKey).where(ApiKey.digest == digest))
    if key is None or not hmac.compare_digest(bytes(key.digest), digest):
        return None
    return key if key.revoked_at is None else None


def list_keys(session: Session, account: Account) -> Sequence[ApiKey]:
    """Return the account's keys, the newest first, revoked ones too."""
    query = select(ApiKey).where(ApiKey.account_id == account.id)
    return session.scalars(query.order_by(ApiKey.id.desc())).all()


def revoke(key: ApiKey, *, at: datetime) -> None:
    """Let the key open nothing any more; it stays in the list."""
    if key.revoked_at is None:
        key.revoked_at = at


def _check(
    session: Session, account: Account, name: str, scopes: Sequence[str]
) -> None:
    if not 0 < len(name) <= NAME_LENGTH:
        raise BadKeyNameError
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScopeError(scope=scope, scopes=", ".join(SCOPES))
    if _is_taken(session, account, name):
        raise KeyNameTakenError(name=name)


def _is_taken(session: Session, account: Account, name: str) -> bool:
    query = select(ApiKey.id).where(
        ApiKey.account_id == account.id, ApiKey.name == name
    )
    return session.scalar(query) is not None


def _digest(text: str) -> bytes:
    # 160 random bits cannot be guessed, so a fast hash keeps them safe enough.
    return hashlib.sha256(text.encode()).digest()
