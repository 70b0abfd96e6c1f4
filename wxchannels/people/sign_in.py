"""Who may come in: tries are counted, too many lock the door for a while."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.models import AuditEntry, User
from wxchannels.people import audit

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
#: Who acts before we know who it is.
VISITOR = "visitor"
#: What is written down of a try that was refused.
REFUSED = "user.refuse"


class SignInRefusedError(DomainError):
    """One sentence whether the address, the password or the user is the reason."""

    sentence = N_(
        "The e-mail address or the password is not right. After %(failures)s wrong "
        "tries in a row signing in is locked for %(minutes)s minutes."
    )
    field = "password"

    def __init__(self) -> None:
        minutes = int(LOCKED_FOR.total_seconds() // 60)
        super().__init__(failures=MOST_FAILURES, minutes=minutes)


class CodeRefusedError(DomainError):
    """A code that is wrong, too old or was used before; or the user is locked."""

    sentence = N_(
        "This code is not right, or it was used before. Enter the one that the app "
        "shows now."
    )
    field = "code"


def is_locked(user: User, *, at: datetime) -> bool:
    """Say whether no password and no code of this user is looked at for now.

    A WeChat still signs them in: nobody guesses it, and whoever locks a user by wrong
    passwords must not shut the user out.
    """
    return user.locked_until is not None and at < user.locked_until


def settle(session: Session, user: User, *, right: bool, at: datetime) -> bool:
    """Say whether the try is good, and count it when it is not.

    A locked user's tries are refused without a look at them, so that trying on
    finds nothing out.
    """
    if not user.active or is_locked(user, at=at):
        return False
    if not right:
        _count_failure(session, user, at=at)
    return right


def note_refusal(
    session: Session, user: User | None, address: str, *, at: datetime
) -> None:
    """Write down that a try from `address` was refused.

    What was typed is not kept: people type passwords where addresses belong.
    """
    audit.note(
        session,
        VISITOR,
        REFUSED,
        subject_id=user.id if user else None,
        details={"address": address},
        at=at,
    )


def delete_refusals(session: Session, before: datetime, *, limit: int) -> int:
    """Delete up to `limit` refused tries before that; return how many there were.

    Strangers add them without end. What users did stays.
    """
    old = select(AuditEntry.id).where(
        AuditEntry.account_id.is_(None),
        AuditEntry.action == REFUSED,
        AuditEntry.at < before,
    )
    numbers = session.scalars(old.order_by(AuditEntry.at).limit(limit)).all()
    session.execute(delete(AuditEntry).where(AuditEntry.id.in_(numbers)))
    return len(numbers)


def enter(session: Session, user: User, *, at: datetime) -> None:
    """Write down that the user has come in; earlier failures are forgotten.

    A lock stays, where they came in past it: somebody else may be guessing.
    """
    user.failed_sign_ins = 0
    if not is_locked(user, at=at):
        user.locked_until = None
    user.last_sign_in_at = at
    audit.note(session, user, "user.sign_in", subject_id=user.id, at=at)


def unlock(session: Session, actor: User | str, user: User, *, at: datetime) -> None:
    """Let the user try again before the lock ends by itself."""
    user.failed_sign_ins = 0
    user.locked_until = None
    audit.note(session, actor, "user.unlock", subject_id=user.id, at=at)


def _count_failure(session: Session, user: User, *, at: datetime) -> None:
    user.failed_sign_ins += 1
    if user.failed_sign_ins < MOST_FAILURES:
        return
    user.failed_sign_ins = 0
    user.locked_until = at + LOCKED_FOR
    audit.note(session, user, "user.lock", subject_id=user.id, at=at)
