"""Bindings for people and programs to look at."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from wxchannels.models import (
    OPEN_STATES,
    Account,
    Binding,
    BindingState,
    CodeState,
    TemporaryCode,
)
from wxchannels.paging import Page


def list_bindings(
    session: Session,
    account: Account,
    *,
    member: str = "",
    search: str = "",
    states: Collection[BindingState] = (),
    page: int,
    page_size: int,
    now: datetime,
) -> Page[Binding]:
    """Return a page of the account's bindings, the newest first.

    `member` is the whole name, `search` a part of it; without states all are meant.
    """
    conditions = [Binding.account_id == account.id]
    if member:
        conditions.append(Binding.member == member)
    if search:
        conditions.append(Binding.member.icontains(search, autoescape=True))
    if states:
        conditions.append(or_(*(_is_in(state, now) for state in states)))
    counted = select(func.count(Binding.id)).join(Binding.code).where(*conditions)
    query = select(Binding).join(Binding.code).where(*conditions)
    whole = query.options(joinedload(Binding.code), joinedload(Binding.follower))
    query = whole.order_by(Binding.id.desc())
    part = query.limit(page_size).offset((page - 1) * page_size)
    total = session.scalar(counted) or 0
    return Page(session.scalars(part).all(), page, page_size, total)


def _is_in(state: BindingState, now: datetime) -> ColumnElement[bool]:
    """Return the condition that says what `Binding.state_at` says."""
    match state:
        case BindingState.UNBOUND:
            return Binding.unbound_at.is_not(None)
        case BindingState.BOUND:
            return and_(Binding.bound_at.is_not(None), Binding.unbound_at.is_(None))
        case BindingState.EXPIRED:
            is_open = TemporaryCode.state.in_(OPEN_STATES)
            return and_(is_open, TemporaryCode.expires_at <= now)
        case BindingState.PENDING | BindingState.SCANNED:
            is_in = TemporaryCode.state == CodeState(state)
            return and_(is_in, TemporaryCode.expires_at > now)
        case BindingState.REFUSED | BindingState.CANCELLED:
            return TemporaryCode.state == CodeState(state)
