"""What came of web authorizations: told once to a program, or kept for our pages."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wxchannels.authorizations.people import Person
from wxchannels.authorizations.rows import digest, move
from wxchannels.errors import N_, NotFoundError
from wxchannels.models import (
    Account,
    AuthorizationPurpose,
    AuthorizationState,
    WebAuthorization,
)


class TicketEndedError(NotFoundError):
    """Unknown, expired, used, and another account's look alike."""

    field = "ticket"
    sentence = N_("This ticket was used or has expired. It opens one answer only.")


def redeem(
    session: Session, account: Account, ticket: str, *, at: datetime
) -> tuple[WebAuthorization, Person]:
    """Return what the ticket is for, once; here the person is forgotten."""
    query = select(WebAuthorization).where(
        WebAuthorization.ticket_digest == digest(ticket),
        WebAuthorization.account_id == account.id,
        WebAuthorization.expires_at > at,
    )
    authorization = session.scalar(query)
    if authorization is None or authorization.person is None:
        raise TicketEndedError
    person = Person.from_text(authorization.person)
    unused = WebAuthorization.state == AuthorizationState.AUTHORIZED
    spent = {"state": AuthorizationState.REDEEMED, "person": None}
    if not move(session, authorization, unused, spent):
        raise TicketEndedError
    return authorization, person


def find_person(
    session: Session,
    account: Account,
    purpose: AuthorizationPurpose,
    browser: str,
    *,
    at: datetime,
) -> Person | None:
    """Return who `browser` is, if it was authorized for `purpose` minutes ago."""
    query = select(WebAuthorization).where(
        WebAuthorization.browser_digest == digest(browser),
        WebAuthorization.purpose == purpose,
        WebAuthorization.account_id == account.id,
        WebAuthorization.state == AuthorizationState.AUTHORIZED,
        WebAuthorization.expires_at > at,
    )
    found = session.scalar(query.order_by(WebAuthorization.id.desc()).limit(1))
    return Person.from_text(found.person) if found and found.person else None


def forget_expired(
    session: Session, account_id: int, *, now: datetime
) -> datetime | None:
    """Delete what has ended; return when there is more to delete, if there is."""
    mine = WebAuthorization.account_id == account_id
    session.execute(
        delete(WebAuthorization)
        .where(mine, WebAuthorization.expires_at <= now)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(select(func.max(WebAuthorization.expires_at)).where(mine))
