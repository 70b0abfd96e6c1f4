"""What temporary codes leave behind goes: first what they say, then they themselves."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from wxchannels.models import Binding, TemporaryCode

CODES = TemporaryCode.__table__
BINDINGS = Binding.__table__


def empty_codes(
    session: Session, account_id: int, before: datetime, *, limit: int
) -> int:
    """Empty up to `limit` codes that ended before that; return how many there were.

    Nobody can do anything with them any more, so they need not say whose phone it was.
    """
    says = or_(CODES.c.digits.is_not(None), CODES.c.confirm_url.is_not(None))
    ended = select(CODES.c.id).where(
        CODES.c.account_id == account_id, CODES.c.expires_at < before, says
    )
    numbers = session.scalars(ended.limit(limit)).all()
    said = ("digits", "confirm_url", "asked_from", "follower_id")
    nothing = {"url": "", **dict.fromkeys(said)}
    emptying = update(CODES).where(CODES.c.id.in_(numbers)).values(**nothing)
    session.connection().execute(emptying)
    return len(numbers)


def delete_codes(
    session: Session, account_id: int, before: datetime, *, limit: int
) -> int:
    """Delete up to `limit` codes that came to nothing; return how many there were.

    As late as raw pushes: one of those that is received again must know its scene.
    """
    held = select(BINDINGS.c.code_id).where(BINDINGS.c.bound_at.is_not(None))
    ended = select(CODES.c.id).where(
        CODES.c.account_id == account_id,
        CODES.c.expires_at < before,
        CODES.c.id.not_in(held.where(BINDINGS.c.account_id == account_id)),
    )
    numbers = session.scalars(ended.limit(limit)).all()
    connection = session.connection()
    connection.execute(delete(BINDINGS).where(BINDINGS.c.code_id.in_(numbers)))
    connection.execute(delete(CODES).where(CODES.c.id.in_(numbers)))
    return len(numbers)
