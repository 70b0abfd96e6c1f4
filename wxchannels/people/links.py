"""One-time links that let a user set a password. An administrator passes them on."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, NotFoundError
from wxchannels.models import User
from wxchannels.people import audit

LINK_LASTS = timedelta(hours=24)


class LinkEndedError(NotFoundError):
    """Unknown, used, replaced and expired links look alike."""

    sentence = N_(
        "This link was used or has expired. Ask an administrator for a new one."
    )


def issue_link(session: Session, actor: User | str, user: User, *, at: datetime) -> str:
    """Return the secret part of a new link; an earlier one opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    user.link_digest = _digest(secret)
    user.link_expires_at = at + LINK_LASTS
    audit.note(session, actor, "user.issue_link", subject_id=user.id, at=at)
    return secret


def get_user_by_link(session: Session, secret: str, *, at: datetime) -> User:
    """Return the user for whom this link was made, as long as it is good."""
    query = select(User).where(User.link_digest == _digest(secret), User.active)
    user = session.scalar(query.with_for_update())
    if user is None or user.link_expires_at is None or at >= user.link_expires_at:
        raise LinkEndedError
    return user


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
