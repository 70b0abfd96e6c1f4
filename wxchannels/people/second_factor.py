"""The second factor: a code from an authenticator app."""

from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.models import User
from wxchannels.people import audit

METHOD = "authenticator"


def is_on(user: User) -> bool:
    """Say whether the user signs in with a code as well."""
    return user.tf_primary_method is not None and user.tf_totp_secret is not None


def turn_on(session: Session, user: User, secret: str, *, at: datetime) -> None:
    """Ask for a code from `secret` at every sign-in from now on."""
    user.tf_primary_method = METHOD
    user.tf_totp_secret = secret
    audit.note(session, user, "user.turn_on_code", subject_id=user.id, at=at)


def turn_off(session: Session, actor: User | str, user: User, *, at: datetime) -> None:
    """Ask for the password only, for instance after a phone was lost."""
    user.tf_primary_method = None
    user.tf_totp_secret = None
    user.tf_last_counter = None
    audit.note(session, actor, "user.turn_off_code", subject_id=user.id, at=at)
