"""What is rare among many rows is found by an index of its own, not by reading all."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.channels import adoption
from wxchannels.intake import parking
from wxchannels.models import Account, Follower, RawPush, ScanEvent
from wxchannels.reports.health import account_health
from wxchannels.reports.periods import Period
from wxchannels.reports.unknown_scenes import list_unknown_scenes

MANY = 3000
OLD = "door-7"
PARKED = "ix_raw_push_account_id_parked_at"
SCENES = "ix_scan_event_account_id_scene_id"
MONTH = Period(date(2026, 3, 2), date(2026, 3, 31), "Asia/Shanghai")

Ask = Callable[[Session, Account], object]


@pytest.fixture
def ledger(session: Session, account: Account) -> Account:
    """Return an account with many pushes, of which one is parked and one unknown."""
    person = Follower(
        account_id=account.id, openid_hash=b"anna".ljust(32), first_seen_at=NOON
    )
    session.add(person)
    session.flush()
    pushes = [_push(account, person, number) for number in range(MANY)]
    pushes[7]["parked_at"] = NOON
    session.execute(insert(RawPush), pushes)
    scans = [_scan(account, person, number) for number in range(MANY)]
    scans[7] |= {"scene": OLD, "row_id": -1}
    session.execute(insert(ScanEvent), scans)
    session.commit()
    session.execute(text(_ANALYZE[session.get_bind().dialect.name]))
    session.commit()
    return account


_ANALYZE = {
    "sqlite": "SELECT 1",  # as in production, where nobody has counted its rows
    "postgresql": "ANALYZE raw_push, scan_event",
    "mysql": "ANALYZE TABLE raw_push, scan_event",
    "mariadb": "ANALYZE TABLE raw_push, scan_event",
}


def _push(account: Account, person: Follower, number: int) -> dict[str, Any]:
    return {
        "account_id": account.id,
        "push_key": number.to_bytes(32),
        "follower_id": person.id,
        "kind": "event/SCAN",
        "happened_at": NOON + timedelta(minutes=number),
        "received_at": NOON + timedelta(minutes=number),
        "body": b"",
        "parked_at": None,
    }


def _scan(account: Account, person: Follower, number: int) -> dict[str, Any]:
    at = NOON + timedelta(minutes=number)
    return {
        "account_id": account.id,
        "push_key": number.to_bytes(32),
        "follower_id": person.id,
        "kind": "scan",
        "class_": "follower_scan",
        "scene": f"counter-{number % 50}",
        "row_id": 1 + number % 50,
        "happened_at": at,
        "day": at.date(),
        "received_at": at,
    }


def plans(session: Session, table: str, ask: Callable[[], object]) -> list[str]:
    """Return how the database goes about what `ask` reads of `table`."""
    asked: list[tuple[str, Any]] = []

    def listen(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        asked.append((given[2], given[3]))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", listen)
    ask()
    event.remove(engine, "before_cursor_execute", listen)
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    return [
        str(connection.exec_driver_sql(explain + statement, given).all())
        for statement, given in asked
        if f"FROM {table}" in statement
    ]


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, account: parking.count_parked(session, account.id),
        lambda session, account: parking.list_parked(
            session, account.id, page=1, page_size=50
        ),
        lambda session, account: account_health(session, account, now=NOON),
    ],
    ids=["count", "list", "health"],
)
def test_parked_pushes_are_found_among_all(
    session: Session, ledger: Account, ask: Ask
) -> None:
    found = plans(session, "raw_push", lambda: ask(session, ledger))

    assert [plan for plan in found if PARKED in plan], found


def test_pushes_of_an_adopted_scene_are_found_among_all(
    session: Session, ledger: Account
) -> None:
    if session.get_bind().dialect.name in {"mysql", "mariadb"}:
        pytest.skip("MySQL has no index of some rows only")
    channel = factories.channel(session)
    adopted = adoption.adopt(session, ledger, OLD, channel, at=NOON)

    first, *_ = plans(
        session,
        "scan_event",
        lambda: adoption.move_pushes(
            session, ledger.id, adopted.id, after=0, erase=True, at=NOON
        ),
    )

    assert SCENES in first
    assert "TEMP B-TREE" not in first
    assert "Sort" not in first


def test_unknown_scenes_of_a_period_are_found_among_all(
    session: Session, ledger: Account
) -> None:
    # The others read the period off the index that the figures have.
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("PostgreSQL only")

    [plan] = plans(
        session, "scan_event", lambda: list_unknown_scenes(session, ledger, MONTH)
    )

    assert SCENES in plan
