"""Pushes that broke their handler: kept, and taken in later as if they came now."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from wxchannels.intake import parking
from wxchannels.ledger import counters, inbox
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, RawPush, ScanEvent
from wxchannels.wechat import pushes as wechat_pushes

LATER = NOON + timedelta(seconds=2)


def park(session: Session, account: Account, body: bytes) -> RawPush:
    push = wechat_pushes.parse(body)
    delivery = Delivery(push=push, body=body, received_at=LATER)
    parking.park(session, account.id, delivery, KeyError("anna"))
    session.commit()
    return session.scalars(select(RawPush)).one()


def test_parked_push_says_what_broke_and_not_with_what(
    session: Session, account: Account
) -> None:
    row = park(session, account, pushes.scan("counter"))

    assert (row.error, row.parked_at) == ("KeyError", LATER)
    assert parking.count_parked(session, account.id) == 1
    [listed] = parking.list_parked(session, account.id, page=1, page_size=10)
    assert listed == row


def test_parked_push_is_counted_when_it_is_tried_again(
    session: Session, account: Account
) -> None:
    code = factories.qrcode(session, "counter")
    row = park(session, account, pushes.subscribe("counter"))

    taken = parking.try_again(session, row, erase=True)
    session.commit()

    assert taken
    assert parking.count_parked(session, account.id) == 0
    [event] = session.scalars(select(ScanEvent))
    assert (event.row_id, event.received_at) == (code.channel_id, LATER)
    [raw] = session.scalars(select(RawPush))
    assert (raw.kind, raw.error) == ("event/subscribe", None)
    assert raw.follower_id == event.follower_id
    assert counters.check(session, account.id) == []


def test_parked_push_of_who_left_meanwhile_is_emptied_when_it_is_tried_again(
    session: Session, account: Account
) -> None:
    row = park(session, account, pushes.subscribe("counter"))
    leaves = wechat_pushes.parse(pushes.unsubscribe(at=LATER))
    inbox.receive(
        session, account.id, [Delivery(push=leaves, body=b"<xml/>", received_at=LATER)]
    )
    session.commit()

    assert parking.try_again(session, row, erase=True)
    session.commit()

    session.expire_all()
    raw = session.get_one(RawPush, row.id)
    assert (raw.kind, raw.parked_at, raw.body) == ("event/subscribe", None, b"")


def test_push_that_breaks_again_stays_parked(
    session: Session, account: Account
) -> None:
    row = park(session, account, pushes.scan("counter"))
    row.body = b"<xml>"
    session.commit()

    taken = parking.try_again(session, row, erase=True)
    session.commit()

    assert not taken
    session.expire_all()
    [kept] = session.scalars(select(RawPush))
    assert (kept.parked_at, kept.error) == (LATER, "MalformedPushError")


def test_only_what_is_parked_and_named_is_tried(
    session: Session, account: Account
) -> None:
    row = park(session, account, pushes.scan("counter"))

    def found(numbers: list[int] | None) -> list[RawPush]:
        return list(parking.find_parked(session, account.id, numbers, limit=5))

    assert (found(None), found([row.id]), found([row.id + 1])) == ([row], [row], [])
