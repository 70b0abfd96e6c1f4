"""Whoever left: nothing is kept that says who it was (P8, wechat.md 4.3 point 14)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import pushes
from tests.factories import NOON
from wxchannels.intake import parking
from wxchannels.ledger import inbox, seeding
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, Follower, RawPush
from wxchannels.wechat.pushes import parse

LEAVES = pushes.unsubscribe(at=NOON + timedelta(minutes=1))


def delivery(body: bytes) -> Delivery:
    return Delivery(push=parse(body), body=body, received_at=NOON)


def take_in(session: Session, account: Account, *bodies: bytes) -> None:
    for body in bodies:
        inbox.receive(session, account.id, [delivery(body)])
        session.commit()


def kept(session: Session) -> list[str]:
    rows = session.scalars(select(RawPush))
    found = [row.kind for row in rows if b"anna" in row.body]
    people = session.scalars(select(Follower))
    return found + [f"follower {one.openid}" for one in people if one.openid]


def test_message_that_comes_after_the_unfollow(
    session: Session, account: Account
) -> None:
    # Sent before, delivered late: WeChat's retry, or from another host's spool.
    late = pushes.text("I am anna")

    take_in(session, account, pushes.subscribe("x"), LEAVES, late)

    assert kept(session) == []


def test_listed_then_left_then_imported(session: Session, account: Account) -> None:
    take_in(session, account, pushes.subscribe("x"), LEAVES)

    seeding.seed(session, account, [("anna", NOON)], at=NOON + timedelta(minutes=2))
    session.commit()

    assert kept(session) == []


def test_parked_push_of_who_left(session: Session, account: Account) -> None:
    take_in(session, account, pushes.subscribe("x"))
    broken = delivery(pushes.text("I am anna"))
    parking.park(session, account.id, broken, KeyError("x"))
    session.commit()

    take_in(session, account, LEAVES)

    assert kept(session) == []
