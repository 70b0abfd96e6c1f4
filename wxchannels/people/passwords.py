"""Passwords: which are good enough, and what a new one ends."""

import unicodedata
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.models import User
from wxchannels.people import audit, sessions

LEAST_LENGTH = 12
MOST_LENGTH = 1024
LEAST_DISTINCT = 4
#: A password may not be little more than one of these.
COMMON = (
    "0123456789",
    "1234567890",
    "9876543210",
    "abcdefghij",
    "iloveyou",
    "letmein",
    "password",
    "qwertyuiop",
    "asdfghjkl",
    "1qaz2wsx",
    "administrator",
    "woaini1314",
    "wxchannels",
)
#: How much a password must have besides a common one.
LEAST_REST = 5


class PasswordTooShortError(DomainError):
    """Short passwords are found by trying."""

    sentence = N_("A password has at least %(length)s characters.")
    field = "new_password"


class PasswordTooLongError(DomainError):
    """To hash a text without end keeps a server busy."""

    sentence = N_("A password has at most %(length)s characters.")
    field = "new_password"


class PasswordTooSimpleError(DomainError):
    """Passwords that come first to mind are tried first."""

    sentence = N_(
        "This password is easy to guess. Use several words, or a password manager."
    )
    field = "new_password"


class PasswordWrongError(DomainError):
    """Whoever sits at the keyboard does not know the password."""

    sentence = N_("This is not your password.")
    field = "password"


class PasswordUnchangedError(DomainError):
    """A new password is asked for because the old one may be known to others."""

    sentence = N_("This is already your password.")
    field = "new_password"


def normalize(password: str) -> str:
    """Return `password` as it is hashed, however the keyboard composed it."""
    return unicodedata.normalize("NFKD", password)


def check_password(password: str, *, email: str) -> str:
    """Return `password` ready to be hashed, or refuse it."""
    password = normalize(password)
    if len(password) < LEAST_LENGTH:
        raise PasswordTooShortError(length=LEAST_LENGTH)
    if len(password) > MOST_LENGTH:
        raise PasswordTooLongError(length=MOST_LENGTH)
    if len(set(password)) < LEAST_DISTINCT or _is_mostly_known(password, email):
        raise PasswordTooSimpleError
    return password


def set_password(
    session: Session, actor: User, user: User, password_hash: str, *, at: datetime
) -> None:
    """Give the user a new password; links, locks and all sessions end."""
    user.password = password_hash
    user.failed_sign_ins = 0
    user.locked_until = None
    user.link_digest = user.link_expires_at = None
    sessions.end_sessions(session, user)
    audit.note(session, actor, "user.set_password", subject_id=user.id, at=at)


def _is_mostly_known(password: str, email: str) -> bool:
    text = password.casefold()
    known = [*COMMON, email.casefold(), email.partition("@")[0].casefold()]
    return any(
        len(text.replace(word, "")) < LEAST_REST for word in known if word in text
    )
