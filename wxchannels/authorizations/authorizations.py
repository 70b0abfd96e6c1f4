"""A web authorization: begun for somebody, opened by one browser, finished once.

Each step is one UPDATE that says what it expects the row to be: WeChat fetches a page
twice at times, and people press Back. What comes second finds what the first wrote.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from wxchannels.authorizations.people import Person
from wxchannels.authorizations.rows import digest, move
from wxchannels.errors import N_, DomainError
from wxchannels.models import (
    Account,
    AuthorizationPurpose,
    AuthorizationState,
    WebAuthorization,
)
from wxchannels.outbox.queue import NewTask, add_tasks
from wxchannels.wechat.oauth import Scope

#: How long a person may take at WeChat, and how long what came of it is kept.
LASTS = timedelta(minutes=10)
KEPT = timedelta(minutes=10)
#: A program asks at once: its ticket stands in an address.
TICKET_LASTS = timedelta(minutes=5)
#: Longer than WeChat can keep us waiting; who asked and died is followed by another.
EXCHANGE_LASTS = timedelta(minutes=1)
#: How often a browser is sent to WeChat again because its code was no good.
MOST_RESTARTS = 1
HANDLE_BYTES, SECRET_BYTES = 16, 32
#: The work of deleting what has ended.
FORGET = "authorizations"


class AuthorizationEndedError(DomainError):
    """Unknown, expired, and another browser's look alike."""

    sentence = N_(
        "This link has expired, or it belongs to another browser. Go back to the page"
        " that you came from and try once more."
    )


class UnknownScopeError(DomainError):
    """WeChat shows an error page of its own for any other."""

    field = "scope"
    sentence = N_("The scope is snsapi_base or snsapi_userinfo.")


def begin(
    session: Session,
    account: Account,
    purpose: AuthorizationPurpose,
    *,
    scope: str,
    return_url: str,
    at: datetime,
) -> WebAuthorization:
    """Return a new authorization that no browser has opened yet."""
    if scope not in set(Scope):
        raise UnknownScopeError
    authorization = WebAuthorization(
        account=account,
        handle=secrets.token_hex(HANDLE_BYTES),
        purpose=purpose,
        scope=scope,
        return_url=return_url,
        state=AuthorizationState.PENDING,
        created_at=at,
        expires_at=at + LASTS,
    )
    session.add(authorization)
    session.flush()
    _forget_later(session, account, at + LASTS + KEPT)
    return authorization


def _forget_later(session: Session, account: Account, due_at: datetime) -> None:
    forget = NewTask(
        account_id=account.id, kind=FORGET, subject="expired", due_at=due_at
    )
    add_tasks(session, [forget])


def get_by_handle(
    session: Session, account: Account, handle: str, browser: str, *, at: datetime
) -> WebAuthorization:
    """Return what a program began, unless another browser has finished it already."""
    query = select(WebAuthorization).where(
        WebAuthorization.handle == handle,
        WebAuthorization.account_id == account.id,
        WebAuthorization.expires_at > at,
    )
    authorization = session.scalar(query)
    if authorization is None:
        raise AuthorizationEndedError
    if authorization.state != AuthorizationState.PENDING:
        _check_browser(authorization, browser)
    return authorization


def open_in(authorization: WebAuthorization, browser: str) -> str:
    """Tie the authorization to `browser` and return the state that WeChat brings back.

    A state that was given out before leads nowhere any more.
    """
    state = secrets.token_hex(SECRET_BYTES)
    authorization.state_digest = digest(state)
    authorization.browser_digest = digest(browser)
    return state


def get_by_state(
    session: Session, state: str, browser: str, *, at: datetime
) -> WebAuthorization:
    """Return what `browser` was sent to WeChat for with this state."""
    query = select(WebAuthorization).where(
        WebAuthorization.state_digest == digest(state),
        WebAuthorization.expires_at > at,
    )
    authorization = session.scalar(query)
    if authorization is None:
        raise AuthorizationEndedError
    _check_browser(authorization, browser)
    return authorization


def was_shown(authorization: WebAuthorization, code: str) -> bool:
    """Say whether WeChat was asked about this code already: it answers once."""
    return authorization.code_digest == digest(code)


def claim(
    session: Session, authorization: WebAuthorization, code: str, *, at: datetime
) -> bool:
    """Take it on to ask WeChat about `code`; one of all who try may."""
    values = {
        "state": AuthorizationState.EXCHANGING,
        "exchanging_since": at,
        "code_digest": digest(code),
    }
    free = or_(
        WebAuthorization.state == AuthorizationState.PENDING,
        (WebAuthorization.state == AuthorizationState.EXCHANGING)
        & (WebAuthorization.exchanging_since <= at - EXCHANGE_LASTS),
    )
    return move(session, authorization, free, values)


def note_person(
    session: Session,
    authorization: WebAuthorization,
    code: str,
    person: Person,
    *,
    at: datetime,
) -> None:
    """Keep who it is; a program gets a ticket to ask with."""
    values: dict[str, object] = {
        "state": AuthorizationState.AUTHORIZED,
        "person": person.as_text(),
        "expires_at": at + KEPT,
    }
    if authorization.purpose == AuthorizationPurpose.API:
        ticket = secrets.token_urlsafe(SECRET_BYTES)
        values |= {"ticket": ticket, "ticket_digest": digest(ticket)}
        values["expires_at"] = at + TICKET_LASTS
    move(session, authorization, _asked_about(code), values)


def note_snapshot(session: Session, authorization: WebAuthorization, code: str) -> None:
    """Forget the made-up person, and wait for the real one."""
    values = {"state": AuthorizationState.PENDING}
    move(session, authorization, _asked_about(code), values)


def note_bad_code(session: Session, authorization: WebAuthorization, code: str) -> bool:
    """Note that WeChat did not take the code; say whether to send the browser again."""
    again = authorization.restarts < MOST_RESTARTS
    values = {
        "state": AuthorizationState.PENDING if again else AuthorizationState.FAILED,
        "restarts": authorization.restarts + 1,
    }
    return move(session, authorization, _asked_about(code), values) and again


def note_failure(session: Session, authorization: WebAuthorization, code: str) -> None:
    """Note that WeChat does not tell who it is."""
    values = {"state": AuthorizationState.FAILED}
    move(session, authorization, _asked_about(code), values)


def note_refusal(session: Session, authorization: WebAuthorization) -> None:
    """Note that the person came back and had not agreed."""
    pending = WebAuthorization.state == AuthorizationState.PENDING
    move(session, authorization, pending, {"state": AuthorizationState.REFUSED})


def _check_browser(authorization: WebAuthorization, browser: str) -> None:
    known = authorization.browser_digest or b""
    if not hmac.compare_digest(bytes(known), digest(browser)):
        raise AuthorizationEndedError


def _asked_about(code: str) -> ColumnElement[bool]:
    """Whoever took too long and was followed by another writes nothing."""
    return (WebAuthorization.state == AuthorizationState.EXCHANGING) & (
        WebAuthorization.code_digest == digest(code)
    )
