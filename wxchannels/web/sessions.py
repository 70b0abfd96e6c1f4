"""Sessions on the server: the cookie holds a random name, the table the rest."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, request
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionMixin
from flask_session.base import ServerSideSession, ServerSideSessionInterface
from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    ScalarSelect,
    Update,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from wxchannels import clock, database
from wxchannels.extensions import db
from wxchannels.models import User, UserSession

#: Machines ask under these. They have no session, and must get their answer while
#: the database has none to give.
SESSIONLESS = {"weixin", "api", "healthz", "readyz", "metrics", "static"}
SID_BYTES = 32
#: Of somebody who is not signed in: long enough to fill a form in.
VISITOR_LIFETIME = timedelta(hours=2)
#: Of somebody who did not ask to stay signed in: a working day.
DAY_LIFETIME = timedelta(hours=12)
USER_KEY = "_user_id"


class StoredSession(ServerSideSession):  # type: ignore[misc] # Flask-Session has no types
    """A session that knows whether the table has it already."""

    is_stored = False
    #: Whether the table could not be asked: who it is is not known.
    is_away = False


class StoredSessionInterface(ServerSideSessionInterface):  # type: ignore[misc] # the same
    """Keeps sessions in `user_session`, each in a short transaction of its own."""

    session_class = StoredSession

    def __init__(self, app: Flask) -> None:
        super().__init__(app, key_prefix="", permanent=False, sid_length=SID_BYTES)
        # Flask's own format, for flashed lazy texts too; the one we inherit falls
        # back to pickle, which runs what it reads.
        self.format = TaggedJSONSerializer()

    def open_session(self, app: Flask, asked: Request) -> StoredSession:
        """Return the request's session, or a new and empty one."""
        sid = asked.cookies.get(self.get_cookie_name(app))
        if sid and not _is_sessionless(asked):
            try:
                content = self._retrieve_session_data(sid)
            except DBAPIError:
                unknown = StoredSession(sid=sid)
                unknown.is_away = True
                return unknown
            if content is not None:
                session = StoredSession(content, sid=sid)
                session.is_stored = True
                return session
        # A name that we did not give is never taken over.
        return StoredSession(sid=self._generate_sid(SID_BYTES))

    def save_session(
        self, app: Flask, session: SessionMixin, response: Response
    ) -> None:
        """Write the session if it was changed, and tell the browser its name."""
        if _is_sessionless(request) or getattr(session, "is_away", False):
            return
        super().save_session(app, session, response)

    def regenerate(self, session: StoredSession) -> None:
        """Give the session another name: one known before signing in is worthless."""
        super().regenerate(session)
        session.is_stored = False
        session.modified = True

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        query = select(UserSession.content).where(
            _named(store_id), UserSession.expires_at > clock.utcnow()
        )
        with _transaction(writes=False) as connection:
            content = connection.scalar(query)
        if content is None:
            return None
        values: dict[str, Any] = self.format.loads(bytes(content).decode())
        return values

    def _delete_session(self, store_id: str) -> None:
        with _transaction(writes=True) as connection:
            connection.execute(delete(UserSession).where(_named(store_id)))

    def _upsert_session(
        self, session_lifetime: timedelta, session: StoredSession, store_id: str
    ) -> None:
        values = {
            "content": self.format.dumps(dict(session)).encode(),
            "user_id": _user_number(session),
        }
        # A session that was ended while this request was under way stays ended:
        # what the table had is only ever updated.
        statement: Update | Insert = (
            update(UserSession).where(_named(store_id)).values(values)
        )
        if not session.is_stored:
            now = clock.utcnow()
            statement = insert(UserSession).values(
                **values,
                session_hash=_digest(store_id),
                created_at=now,
                expires_at=now + _lifetime(session, session_lifetime),
            )
        with _transaction(writes=True) as connection:
            connection.execute(statement)


def forget_expired() -> None:
    """Delete the sessions that have ended."""
    with _transaction(writes=True) as connection:
        connection.execute(
            delete(UserSession).where(UserSession.expires_at <= clock.utcnow())
        )


@contextmanager
def _transaction(*, writes: bool) -> Iterator[Connection]:
    """Give a connection of its own, and commit what was done on it.

    What the request has not committed by now is dropped, as it would be at its end:
    SQLite lets one transaction write at a time, and we would wait for ourselves.
    """
    if writes:
        db.session.rollback()
    before = database.writing.set(writes)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        database.writing.reset(before)


def _is_sessionless(asked: Request) -> bool:
    return asked.path.split("/", 2)[1] in SESSIONLESS


def _lifetime(session: StoredSession, long: timedelta) -> timedelta:
    if USER_KEY not in session:
        return VISITOR_LIFETIME
    return long if session.permanent else DAY_LIFETIME


def _user_number(session: StoredSession) -> ScalarSelect[int] | None:
    name = session.get(USER_KEY)
    if name is None:
        return None
    return select(User.id).where(User.fs_uniquifier == name).scalar_subquery()


def _named(sid: str) -> ColumnElement[bool]:
    return UserSession.session_hash == _digest(sid)


def _digest(sid: str) -> bytes:
    # 256 random bits cannot be guessed, so a fast hash keeps the table safe to read.
    return hashlib.sha256(sid.encode()).digest()
