"""Pushes that broke their handler: kept raw, answered, waiting for a person."""

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from wxchannels.ledger.identity import push_key
from wxchannels.ledger.inbox import Delivery
from wxchannels.models import Account, RawPush
from wxchannels.statements import insert_new

RAW: Table = RawPush.__table__  # type: ignore[assignment]
KIND = "parked"


def park(
    session: Session, account_id: int, delivery: Delivery, error: Exception
) -> None:
    """Store the push with what it broke on. The error's text may hold what the push
    held, so only its type is kept.
    """  # noqa: D205 - one sentence and its reason
    account = session.get_one(Account, account_id)
    key = push_key(account.pepper, account_id, delivery.push)
    row = {
        "account_id": account_id,
        "push_key": key,
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
