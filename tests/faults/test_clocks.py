"""Fault 21: our clock is wrong, by minutes or by a day."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import pushes
from wxchannels import clock
from wxchannels.models import Account, ScanEvent
from wxchannels.tokens import DatabaseTokenStore
from wxchannels.wechat.tokens import Token

#: By WeChat's clock: eight in the evening of the second in Shanghai.
TRUE = datetime(2026, 3, 2, 12, tzinfo=UTC)
WRONG = [timedelta(minutes=m) for m in (-1440, -10, 10, 1440)]


@pytest.fixture(name="engine")
def engine_of_the_test(session: Session) -> Engine:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    return engine


@pytest.fixture(name="store")
def shared_token(
    engine: Engine, account: Account, session: Session
) -> DatabaseTokenStore:
    account_id = account.id
    session.rollback()
    return DatabaseTokenStore(engine, account_id, now=clock.utcnow)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("by", WRONG, ids=str)
def test_push_counts_on_the_day_it_happened_whatever_our_clock_says(
    client: FlaskClient, session: Session, by: timedelta
) -> None:
    with time_machine.travel(TRUE + by, tick=True):
        answer = client.post(pushes.signed(), data=pushes.subscribe("a", at=TRUE))

    assert (answer.status_code, answer.text) == (200, "success")
    session.rollback()
    event = session.scalars(select(ScanEvent)).one()
    assert event.happened_at == TRUE
    assert event.day.isoformat() == "2026-03-02"


@pytest.mark.parametrize("by", WRONG, ids=str)
def test_clock_that_is_put_right_costs_one_token_at_most(
    store: DatabaseTokenStore, by: timedelta
) -> None:
    asked: list[int] = []

    def ask() -> Token:
        asked.append(1)
        return Token(f"token-{len(asked)}", 7200)

    with time_machine.travel(TRUE + by, tick=True):
        store.token(ask)
    with time_machine.travel(TRUE, tick=True):
        # WeChat refuses a token that we take for good longer than it is.
        first = store.token(ask, stale="token-1" if by > timedelta() else None)
        again = [store.token(ask) for _ in range(20)]

    assert set(again) == {first}
    assert len(asked) <= 2
