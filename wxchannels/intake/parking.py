"""Pushes that broke their handler: kept raw, answered, waiting for a person."""

import logging
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from wxchannels.database import AWAY
from wxchannels.ledger import inbox
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.followers import find_follower
from wxchannels.ledger.identity import push_key
from wxchannels.models import Account, RawPush
from wxchannels.statements import insert_new
from wxchannels.wechat import pushes

log = logging.getLogger(__name__)

RAW = RawPush.__table__
KIND = "parked"


def park(
    session: Session, account_id: int, delivery: Delivery, error: Exception
) -> None:
    """Store the push with what it broke on. The error's text may hold what the push
    held, so only its type is kept.
    """  # noqa: D205 - one sentence and its reason
    account = session.get_one(Account, account_id)
    key = push_key(account.pepper, account_id, delivery.push)
    known = find_follower(session, account, delivery.push.openid)
    row = {
        "account_id": account_id,
        "push_key": key,
        # Emptied with the person's other pushes when they leave.
        "follower_id": known.id if known else None,
        "kind": KIND,
        "happened_at": delivery.push.created_at,
        "received_at": delivery.received_at,
        "body": delivery.body,
    }
    insert_new(session, RAW, [row])
    session.execute(
        update(RawPush)
        .where(RawPush.push_key == key)
        .values(parked_at=delivery.received_at, error=type(error).__name__)
    )


def list_parked(
    session: Session, account_id: int, *, page: int, page_size: int
) -> Sequence[RawPush]:
    """Return a page of the account's parked pushes, the oldest first."""
    query = select(RawPush).where(_parked(account_id)).order_by(RawPush.id)
    return session.scalars(query.limit(page_size).offset((page - 1) * page_size)).all()


def count_parked(session: Session, account_id: int) -> int:
    """Return how many of the account's pushes are parked."""
    return (
        session.scalar(select(func.count(RawPush.id)).where(_parked(account_id))) or 0
    )


def find_parked(
    session: Session, account_id: int, numbers: Collection[int] | None, *, limit: int
) -> Sequence[RawPush]:
    """Return the parked pushes with these numbers, the oldest ones for None."""
    query = select(RawPush).where(_parked(account_id)).order_by(RawPush.id)
    if numbers is not None:
        query = query.where(RawPush.id.in_(numbers))
    return session.scalars(query.limit(limit)).all()


def try_again(session: Session, parked: RawPush, *, erase: bool) -> bool:
    """Receive the push as if WeChat sent it again, and say whether that worked.

    Received, it is parked no more. Where it breaks its handler again it stays as it is,
    with what it broke on.
    """
    account_id, number = parked.account_id, parked.id
    body, received_at = parked.body, parked.received_at
    try:
        push = pushes.parse(body)
        delivery = Delivery(push=push, body=body, received_at=received_at)
        with session.begin_nested():
            inbox.receive(session, account_id, [delivery], erase=erase)
    except AWAY:
        # The database broke, not the push.
        raise
    except Exception as error:  # noqa: BLE001 - whatever a push breaks: it is kept
        log.error("push parked again: %s", type(error).__name__)  # noqa: TRY400 - it may hold a name
        again = update(RawPush).where(RawPush.id == number)
        session.execute(again.values(error=type(error).__name__))
        return False
    return True


def _parked(account_id: int) -> ColumnElement[bool]:
    return (RawPush.account_id == account_id) & RawPush.parked_at.is_not(None)
