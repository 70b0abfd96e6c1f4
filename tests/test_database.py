"""What all databases do alike, because we told their drivers and statements how."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.connections import PATIENCE_SECONDS
from wxchannels.database import is_deadlock, is_held, open_engine
from wxchannels.models import Account, Channel, RawPush
from wxchannels.statements import count_changed, insert_new

RAW = RawPush.__table__
MICROSECOND = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Return an engine as the intake has one."""
    engine = open_engine(database_url, pool_size=2)
    yield engine
    engine.dispose()


def push(account: Account, **values: object) -> dict[str, Any]:
    row = {
        "account_id": account.id,
        "push_key": b"k" * 32,
        "kind": "text",
        "happened_at": MICROSECOND,
        "received_at": MICROSECOND,
        "body": b"<xml/>",
    }
    return row | values


def needs_lengths(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite stores a text of any length")


def test_second_row_of_a_key_changes_nothing(
    session: Session, account: Account
) -> None:
    insert_new(session, RAW, [push(account), push(account, push_key=b"o" * 32)])

    insert_new(session, RAW, [push(account, kind="image")])

    kept = session.query(RawPush.kind).order_by(RawPush.push_key).all()
    assert [kind for (kind,) in kept] == ["text", "text"]


def test_row_that_lacks_a_value_is_refused(session: Session, account: Account) -> None:
    with pytest.raises(IntegrityError):
        insert_new(session, RAW, [push(account, kind=None)])


def test_row_of_nobody_is_refused(session: Session, account: Account) -> None:
    with pytest.raises(IntegrityError):
        insert_new(session, RAW, [push(account, account_id=account.id + 1)])


def test_text_that_is_too_long_is_refused(session: Session, account: Account) -> None:
    needs_lengths(session)

    with pytest.raises(DataError):
        insert_new(session, RAW, [push(account, kind="x" * 65)])


def test_violated_check_is_no_trouble_of_the_database(
    session: Session, account: Account
) -> None:
    changed = update(Channel).where(Channel.id == factories.channel(session).id)

    with pytest.raises(IntegrityError):
        session.execute(changed.values(state="burnt"))

    del account


def test_text_of_any_script_comes_back(session: Session, account: Account) -> None:
    factories.channel(session, name="华东😀𠮷 Ä")
    session.commit()
    session.expire_all()

    assert session.query(Channel.name).scalar() == "华东😀𠮷 Ä"
    del account


def test_moments_keep_their_microseconds(session: Session, account: Account) -> None:
    insert_new(session, RAW, [push(account)])

    assert session.query(RawPush.received_at).scalar() == MICROSECOND


def test_largest_push_fits(session: Session, account: Account) -> None:
    largest = b"x" * 64 * 1024

    insert_new(session, RAW, [push(account, body=largest)])

    assert session.query(RawPush.body).scalar() == largest


def test_row_that_stays_as_it_was_counts_as_found(
    session: Session, account: Account
) -> None:
    same = update(Account).where(Account.id == account.id)

    found = count_changed(session, same.values(name=account.name))

    assert found == 1


@pytest.fixture
def other_account(session: Session, account: Account) -> Account:
    other = factories.account(session, slug="other")
    session.commit()
    del account
    return other


def test_deadlock_is_worth_another_try(
    engine: Engine, account: Account, other_account: Account
) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    numbers = account.id, other_account.id
    met = threading.Barrier(2)
    errors: list[DBAPIError] = []

    def lock(connection: Connection, number: int) -> None:
        connection.execute(update(Account).where(Account.id == number).values(name="x"))

    def cross(first: int, second: int) -> None:
        try:
            with engine.begin() as connection:
                lock(connection, first)
                met.wait(20)
                lock(connection, second)
        except DBAPIError as error:
            errors.append(error)

    threads = [
        threading.Thread(target=cross, args=order) for order in (numbers, numbers[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    [error] = errors
    assert is_deadlock(error)


def test_lock_that_is_not_given_in_time_is_held_by_somebody(
    engine: Engine, other_account: Account
) -> None:
    if engine.dialect.name != "mysql":
        pytest.skip("only MySQL limits the wait for a row")
    change = update(Account).where(Account.id == other_account.id).values(name="x")

    with engine.connect() as one, engine.connect() as two:
        one.execute(change)
        two.execute(text("SET innodb_lock_wait_timeout = 1"))
        with pytest.raises(OperationalError) as caught:
            two.execute(change)

    assert is_held(caught.value)
    assert not is_deadlock(caught.value)


def test_error_without_a_cause_is_no_deadlock() -> None:
    assert not is_deadlock(DBAPIError("SELECT 1", {}, None))  # type: ignore[arg-type]


@pytest.fixture
def frozen_port() -> Iterator[int]:
    """Name a port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://u@127.0.0.1:{}/d?connect_timeout=2",
        "mysql+pymysql://u@127.0.0.1:{}/d?read_timeout=1",
    ],
)
def test_frozen_server_is_not_waited_for_longer_than_the_url_says(
    frozen_port: int, url: str
) -> None:
    engine = open_engine(url.format(frozen_port), pool_size=1)
    start = time.monotonic()

    with pytest.raises(OperationalError):
        engine.connect()

    assert time.monotonic() - start < PATIENCE_SECONDS
    engine.dispose()


def test_dead_path_is_noticed(engine: Engine) -> None:
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        match engine.dialect.name:
            case "postgresql":
                told = driver.info.get_parameters()
                assert told["tcp_user_timeout"] == "10000"
                assert told["keepalives_idle"] == "5"
            case "mysql":
                told = driver._sock.getsockopt
                assert told(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
                assert told(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 5


def test_slow_statement_ends_only_what_is_hurried(
    session: Session, engine: Engine
) -> None:
    if engine.dialect.name != "mysql":
        pytest.skip("only PyMySQL limits how long an answer takes")
    limit = engine.url.update_query_dict({"read_timeout": "1"})
    slow = text("SELECT SLEEP(1.5)")
    with (
        open_engine(limit.render_as_string(False), pool_size=1).connect() as hurried,
        pytest.raises(OperationalError),
    ):
        hurried.execute(slow)

    driver: Any = session.connection().connection.dbapi_connection
    assert driver._read_timeout is None
    assert session.scalar(slow) == 0


def test_server_reached_by_a_file_has_no_path_to_watch(
    engine: Engine, session: Session
) -> None:
    if engine.dialect.name != "mysql":
        pytest.skip("PostgreSQL's library knows it by itself")
    path = session.scalar(text("SELECT @@socket"))
    by_file = engine.url.set(host=None, port=None).update_query_dict(
        {"unix_socket": path}
    )
    local = open_engine(by_file.render_as_string(False), pool_size=1)

    with local.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    local.dispose()
