"""Members tied to followers: confirmed by the follower, undone by anybody.

Unique both ways while it holds; the database decides, not a look-up before it.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wxchannels.errors import NotFoundError
from wxchannels.members import codes
from wxchannels.members.codes import Stored
from wxchannels.models import (
    Account,
    Binding,
    CodeState,
    EventType,
    Follower,
    UnboundBy,
)
from wxchannels.webhooks import events

TABLE = Binding.__table__
PEOPLE = Follower.__table__
HIGHEST_ID = 2**63 - 1


def get_binding(session: Session, account: Account, number: int) -> Binding:
    """Return the account's binding, or raise `NotFoundError`."""
    binding = session.get(Binding, number) if number <= HIGHEST_ID else None
    if binding is None or binding.account_id != account.id:
        raise NotFoundError
    return binding


def get_of_code(session: Session, code_id: int) -> Binding:
    """Return the binding that the code is for, or raise `NotFoundError`."""
    binding = session.scalar(select(Binding).where(Binding.code_id == code_id))
    if binding is None:
        raise NotFoundError
    return binding


def get_by_page(session: Session, secret: str) -> Binding:
    """Return the binding whose page `secret` names, or raise `NotFoundError`."""
    digest = codes.hash_secret(secret)
    binding = session.scalar(select(Binding).where(Binding.page_hash == digest))
    if binding is None or not hmac.compare_digest(bytes(binding.page_hash), digest):
        raise NotFoundError
    return binding


def confirm(session: Session, code: Stored, *, at: datetime, **values: object) -> bool:
    """Bind the member of the scanned code to its follower; say whether that is so now.

    It is not where one of them is bound to somebody else, and the code is spent then.
    """
    scanned, consumed = CodeState.SCANNED, CodeState.CONSUMED
    if not codes.move(session, code.id, scanned, consumed, at=at, **values):
        return False
    bind = (
        update(TABLE)
        .where(TABLE.c.code_id == code.id)
        .values(
            live_member=TABLE.c.member, live_follower_id=code.follower_id, bound_at=at
        )
    )
    connection = session.connection()
    try:
        with connection.begin_nested():
            connection.execute(bind)
    except IntegrityError:
        codes.move(session, code.id, consumed, CodeState.REFUSED, at=at)
        return False
    mark = update(PEOPLE).where(PEOPLE.c.id == code.follower_id)
    connection.execute(mark.values(is_bound=True))
    _tell(session, EventType.BINDING_CONFIRMED, [code.follower_id], at=at)
    return True


def cancel(session: Session, binding: Binding, *, by: UnboundBy, at: datetime) -> None:
    """Let the code come to nothing, or undo the binding that it led to; twice is once.

    The code is tried first: who confirms at this moment is either too late or undone.
    """
    if not codes.cancel(session, binding.code_id):
        session.refresh(binding)
        if binding.live_follower_id is not None:
            lock_person(session, binding.live_follower_id)
            unbind(session, [binding.live_follower_id], by=by, at=at)
    session.expire(binding)
    session.expire(binding.code)


def unbind(
    session: Session,
    follower_ids: Sequence[int],
    *,
    by: UnboundBy,
    at: datetime,
    push_key: bytes | None = None,
) -> None:
    """Undo the bindings of these people; what is left does not say who they were."""
    _tell(session, EventType.BINDING_REMOVED, follower_ids, at=at)
    over = {"live_member": None, "live_follower_id": None, "unbound_at": at}
    undo = (
        update(TABLE)
        .where(TABLE.c.live_follower_id.in_(follower_ids))
        .values(**over, unbound_by=by, unbind_key=push_key)
    )
    connection = session.connection()
    connection.execute(undo)
    free = update(PEOPLE).where(PEOPLE.c.id.in_(follower_ids))
    connection.execute(free.values(is_bound=False))
    codes.forget_followers(session, follower_ids)


def unbind_left(
    session: Session, account_id: int, follower_ids: Sequence[int], *, at: datetime
) -> None:
    """Undo the bindings of people who left, if the account wants that."""
    wants = select(Account.unbinds_on_unfollow).where(Account.id == account_id)
    if session.connection().execute(wants).scalar():
        unbind(session, follower_ids, by=UnboundBy.UNFOLLOW, at=at)


def lock_person(session: Session, follower_id: int) -> None:
    """Wait for the pushes under way of this person; they lock the row first, too."""
    lock = select(PEOPLE.c.id).where(PEOPLE.c.id == follower_id).with_for_update()
    session.execute(lock)


def find_of_follower(session: Session, follower_id: int) -> Stored | None:
    """Return the binding that holds for the follower, if one does."""
    query = select(TABLE).where(TABLE.c.live_follower_id == follower_id)
    return session.connection().execute(query).first()


def _tell(
    session: Session, type_: EventType, follower_ids: Sequence[int], *, at: datetime
) -> None:
    """Tell other systems of the bindings that these people have now."""
    query = select(TABLE).where(TABLE.c.live_follower_id.in_(follower_ids))
    for binding in session.connection().execute(query).all():
        events.tell_binding(
            session,
            binding.account_id,
            type_,
            binding.live_follower_id,
            binding_id=binding.id,
            member=binding.member,
            at=at,
        )
