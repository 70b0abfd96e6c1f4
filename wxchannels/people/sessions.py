"""The browsers that are signed in, and how they stop being so."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wxchannels.models import User, UserSession


def new_name() -> str:
    """Return what a user's sessions are tied to until it is changed."""
    return uuid.uuid4().hex


def find_user_id(session: Session, name: str) -> int | None:
    """Return the number of the user whose sessions are tied to `name`."""
    return session.scalar(select(User.id).where(User.fs_uniquifier == name))


def list_sessions(
    session: Session, user: User, *, now: datetime
) -> Sequence[UserSession]:
    """Return the user's running sessions, the newest first."""
    query = select(UserSession).where(
        UserSession.user_id == user.id, UserSession.expires_at > now
    )
    return session.scalars(query.order_by(UserSession.created_at.desc())).all()


def end_sessions(session: Session, user: User) -> None:
    """Sign the user out of every browser, of this one too."""
    # A request that is under way may write its session once more; without the
    # name the session was tied to, it opens nothing.
    user.fs_uniquifier = new_name()
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
