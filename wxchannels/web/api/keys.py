"""The API's guard: a key, its scope, and how often it may ask."""

from contextlib import suppress
from datetime import datetime, timedelta

from flask import g, request
from flask_babel import gettext
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from wxchannels import clock, database
from wxchannels.errors import N_
from wxchannels.extensions import db, limiter
from wxchannels.models import ApiKey
from wxchannels.people import audit
from wxchannels.people.api_keys import find_key

#: Twice what programs are promised. Where the count cannot be kept nobody is refused.
RATE = "100/second"
#: When a key was last used is told to the hour: reading must not write each time.
NOTED_EVERY = timedelta(hours=1)
REALM: dict[str, str | None] = {"realm": "wxchannels API"}
MISSING_SCOPE = N_("This API key lacks the scope “%(scope)s”.")


def admit(scope: str) -> None:
    """Let in who shows a key that holds `scope`; the account is `g.account`."""
    session = db.session()
    key = _shown_key(session)
    g.api_key, g.account = key, key.account
    try:
        _count_request()
    except RateLimitExceeded as error:
        raise TooManyRequests(retry_after=1) from error
    if scope not in key.scopes:
        raise _lacking(scope)


def note(action: str, subject_id: int, *, at: datetime) -> None:
    """Write into the audit log that the program with this key did `action`."""
    audit.note(
        db.session(),
        f"API key {g.api_key.name}",
        action,
        account=g.account,
        subject_id=subject_id,
        at=at,
    )


def _shown_key(session: Session) -> ApiKey:
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", REALM))
    key = find_key(session, shown.token)
    if key is None:
        asked = WWWAuthenticate("bearer", {**REALM, "error": "invalid_token"})
        raise Unauthorized(www_authenticate=asked)
    _note_use(session, key, at=clock.utcnow())
    return key


def _lacking(scope: str) -> Forbidden:
    return Forbidden(gettext(MISSING_SCOPE) % {"scope": scope})


@limiter.shared_limit(RATE, scope="api", key_func=lambda: str(g.api_key.id))
def _count_request() -> None:
    """Count this request for its key; raises where there were too many."""


def _note_use(session: Session, key: ApiKey, *, at: datetime) -> None:
    """Write down that the key is in use, in a transaction of its own."""
    if key.last_used_at is not None and at - key.last_used_at < NOTED_EVERY:
        return
    # What only read so far could not go on as a writer.
    session.rollback()
    writing = database.writing.set(True)
    # A database that takes nothing at the moment can still be read.
    with suppress(OperationalError):
        key.last_used_at = at
        session.commit()
    session.rollback()
    database.writing.reset(writing)
