"""What is rare among many rows is found by an index of its own, not by reading all."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.channels import adoption, trail
from wxchannels.intake import parking
from wxchannels.members import retention
from wxchannels.models import (
    Account,
    AuditEntry,
    Follower,
    RawPush,
    ScanEvent,
    TemporaryCode,
)
from wxchannels.reports.event_filters import EventsAsked
from wxchannels.reports.event_log import event_log
from wxchannels.reports.figures import channel_rows
from wxchannels.reports.health import account_health
from wxchannels.reports.periods import Period
from wxchannels.reports.unknown_scenes import list_unknown_scenes

MANY = 3000
OLD = "door-7"
PARKED = "ix_raw_push_account_id_parked_at"
TRAIL = "ix_audit_entry_account_id_subject_id"
SAYING = "ix_temporary_code_account_id_expires_at"
ENDED = "ix_temporary_code_expires_at"
LATE = NOON + timedelta(minutes=MANY)
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
    _count_rows(session, "raw_push, scan_event")
    return account


def _count_rows(session: Session, tables: str) -> None:
    session.execute(text(f"{_ANALYZE[session.get_bind().dialect.name]} {tables}"))
    session.commit()


_ANALYZE = {
    "sqlite": "SELECT 1 FROM",  # as in production, where nobody has counted its rows
    "postgresql": "ANALYZE",
    "mysql": "ANALYZE TABLE",
    "mariadb": "ANALYZE TABLE",
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


@pytest.fixture
def aged(session: Session, account: Account) -> Account:
    """Return an account where much was done, and all codes but one are empty."""
    session.execute(insert(AuditEntry), [_entry(account, n) for n in range(MANY)])
    codes = [_code(account, number) for number in range(MANY)]
    codes[-7]["digits"] = "1234"
    session.execute(insert(TemporaryCode), codes)
    session.commit()
    _count_rows(session, "audit_entry, temporary_code")
    return account


def _entry(account: Account, number: int) -> dict[str, Any]:
    return {
        "account_id": account.id,
        "actor": "ann@example.com",
        "action": "channel.change",
        "subject_id": number,
        "details": {},
        "at": NOON + timedelta(minutes=number),
    }


def _code(account: Account, number: int) -> dict[str, Any]:
    at = NOON + timedelta(minutes=number)
    return {
        "account_id": account.id,
        "purpose": "bind",
        "scene_hash": number.to_bytes(32),
        "url": "",
        "digits": None,
        "typed_keys": b"",
        "created_at": at,
        "expires_at": at,
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

    found = plans(
        session,
        "scan_event",
        lambda: list_unknown_scenes(session, ledger, MONTH, page=1),
    )

    assert all(SCENES in plan for plan in found)


def test_what_was_done_to_a_channel_is_found_among_all(
    session: Session, aged: Account
) -> None:
    code = factories.qrcode(session)

    [plan] = plans(
        session, "audit_entry", lambda: trail.channel_trail(session, code.channel)
    )

    assert code.account_id == aged.id
    assert TRAIL in plan


def test_codes_that_still_say_something_are_found_among_all(
    session: Session, aged: Account
) -> None:
    if session.get_bind().dialect.name in {"mysql", "mariadb"}:
        pytest.skip("MySQL has no index of some rows only")

    [plan] = plans(
        session,
        "temporary_code",
        lambda: retention.empty_codes(session, aged.id, LATE, limit=MANY),
    )

    assert SAYING in plan


def test_codes_to_be_deleted_are_found_among_all(
    session: Session, aged: Account
) -> None:
    first, *_ = plans(
        session,
        "temporary_code",
        lambda: retention.delete_codes(session, aged.id, NOON, limit=MANY),
    )

    assert ENDED in first


def test_pages_read_of_the_ledger_only_what_they_show(
    session: Session, ledger: Account
) -> None:
    ledger.verified_at = NOON - timedelta(days=7)
    session.commit()
    later = NOON + timedelta(days=30)

    log = plans(
        session,
        "scan_event",
        lambda: event_log(
            session, ledger, EventsAsked(period=MONTH), page=1, now=later
        ),
    )
    rows = plans(
        session,
        "scan_event",
        lambda: channel_rows(session, ledger, MONTH, now=later),
    )

    # How many there are and those of the page; what became of the follows.
    assert (len(log), len(rows)) == (2, 1)
