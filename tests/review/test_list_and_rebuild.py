"""The follower list beside the pushes, and counting again beside the intake."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests import factories, pushes
from wxchannels.database import transactions
from wxchannels.ledger import counters
from wxchannels.ledger.fold import Entry, Seed, fold
from wxchannels.models import Account, EventClass, Kind

FOLLOW = Entry(push_key=b"k", kind=Kind.FOLLOW, row_id=7, at=factories.NOON)


@pytest.mark.parametrize(
    ("seconds", "class_"),
    [
        (0, EventClass.NEW_FOLLOW),
        (2, EventClass.NEW_FOLLOW),
        (3, EventClass.REFOLLOW),
        (86_400, EventClass.REFOLLOW),
    ],
)
def test_follow_after_one_that_only_the_list_told_of_is_a_return(
    seconds: int, class_: EventClass
) -> None:
    seed = Seed(at=FOLLOW.at - timedelta(seconds=seconds), known_before=False)

    person = fold([FOLLOW], seed=seed)

    assert person.readings[b"k"].class_ == class_
    assert (person.following, person.row_id) == (True, 7)


def test_push_while_the_days_are_counted_again_is_counted_once(
    app: Flask, session: Session, account: Account
) -> None:
    session.rollback()
    push = pushes.subscribe("a")
    arrives = threading.Thread(
        target=lambda: app.test_client().post(pushes.signed(), data=push)
    )

    @event.listens_for(session.get_bind(), "after_cursor_execute")
    def let_a_push_come(*given: object) -> None:
        if str(given[2]).startswith("DELETE FROM day_counter"):
            arrives.start()
            arrives.join(2)

    with transactions(write=True):
        counters.rebuild(session, account.id, start=date.min, end=date.max)
        session.commit()
    arrives.join()

    assert counters.check(session, account.id) == []
