"""Passwords and their hashes. Slow on purpose, so never with a transaction open."""

from flask_security.utils import hash_password, verify_password

from wxchannels.extensions import db
from wxchannels.people import passwords


def make_hash(password: str, *, email: str) -> str:
    """Return what is kept of a new password, or refuse it."""
    checked = passwords.check_password(password, email=email)
    db.session.rollback()
    hashed: str = hash_password(checked)
    return hashed


def is_right(password_hash: str | None, typed: str) -> bool:
    """Say whether `typed` is the password; without one, after as long a time."""
    db.session.rollback()
    password = passwords.normalize(typed)
    if password_hash is None:
        hash_password(password)
        return False
    right: bool = verify_password(password, password_hash)
    return right
