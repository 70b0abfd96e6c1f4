"""How we talk to each database: durable, one writer at a time on SQLite."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from wxchannels import connections

#: How long a SQLite writer waits for another one, in milliseconds.
SQLITE_BUSY_MS = 5_000

#: True while the work at hand may write. On SQLite a transaction that reads first
#: and writes later fails as "locked" however long it waits, so it must begin as a
#: writer; one that only reads must not, or it would keep the writers out.
writing: ContextVar[bool] = ContextVar("writing", default=False)


@contextmanager
def transactions(*, write: bool) -> Iterator[None]:
    """Let what begins inside begin as a writer, or as a mere reader."""
    token = writing.set(write)
    try:
        yield
    finally:
        writing.reset(token)


@contextmanager
def snapshot(session: Session) -> Iterator[None]:
    """Let all that is read inside be as it was at one moment, in a transaction apart.

    A transaction on SQLite is that anyway.
    """
    session.rollback()
    try:
        with transactions(write=False):
            if session.get_bind().dialect.name != "sqlite":
                level = {"isolation_level": "REPEATABLE READ"}
                session.connection(execution_options=level)
            yield
    finally:
        session.rollback()


#: Where a connection keeps its turn, and how often one that waits for it looks.
TURN = "turn"
TURN_PAUSE_SECONDS = 0.002


class Turn:
    """Whose turn it is to write, among the processes that share a SQLite file.

    Whoever waits for SQLite itself looks again and again, ever less often, and starves
    beside one that writes all the time. Other databases need no turns.
    """

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        is_file = parts.get_backend_name() == "sqlite" and parts.database
        self._path = Path(f"{parts.database}.turn") if is_file else None

    @property
    def folder(self) -> Path | None:
        """The folder of the SQLite file, if the database is one."""
        return self._path.parent if self._path else None

    def begin(self, connection: Connection) -> None:
        """Take our turn for a transaction, if it is ours soon.

        Turns make it fair. What is right SQLite sees to, so who waited long goes on.
        """
        if self._path is None or not writing.get():
            return
        file = self._path.open("w")
        deadline = time.monotonic() + SQLITE_BUSY_MS / 1000
        while time.monotonic() < deadline:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(TURN_PAUSE_SECONDS)
        connection.info[TURN] = file

    @staticmethod
    def end(connection: Connection) -> None:
        """Let the next one write."""
        file = connection.info.pop(TURN, None)
        if file is not None:
            file.close()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for our turn and keep it until the block ends."""
        if self._path is None:
            yield
            return
        with self._path.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


#: What is raised where the database is, and not what was asked of it. OSError: the
#: folder of a SQLite file may be gone.
AWAY = (OperationalError, InterfaceError, PoolTimeoutError, OSError)

#: What the database says where it broke a tie between two transactions, and where a
#: row was held for too long. MySQL has no SQLSTATE for the second, so its own numbers
#: count.
DEADLOCKS = {"40P01", "40001", 1213}
HELD = {"55P03", 1205}


def is_deadlock(error: DBAPIError) -> bool:
    """Say whether the same transaction may well succeed if it is tried again."""
    return bool(DEADLOCKS & _codes(error))


def is_held(error: DBAPIError) -> bool:
    """Say whether somebody else holds a row that was wanted, and goes on doing so."""
    return bool(HELD & _codes(error))


def _codes(error: DBAPIError) -> set[object]:
    cause = error.orig
    if cause is None:
        return set()
    # psycopg says it in an attribute, PyMySQL in its first argument.
    return {getattr(cause, "sqlstate", None), *cause.args[:1]}


DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "sqlite": "sqlite",
}


def normal_url(text: str, *, folder: Path | None = None) -> str:
    """Return the database URL with the driver we ship, e.g. psycopg 3.

    Raises ArgumentError for databases and drivers that are none of ours.

    A SQLite file without a whole path lies in `folder`: Flask-SQLAlchemy would look
    for it elsewhere than SQLAlchemy does.
    """
    url = make_url(text)
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in DRIVERS.values():
        raise ArgumentError(url.drivername)
    name = url.database or ""
    is_file = name and not name.startswith((":", "file:"))
    if folder and is_file and url.get_backend_name() == "sqlite":
        url = url.set(database=str(folder / name))
    return url.render_as_string(hide_password=False)


def is_in_memory(url: str) -> bool:
    """Say whether the database is one of SQLite's that ends with its process."""
    parts = make_url(url)
    name = parts.database or ":memory:"
    is_volatile = ":memory:" in name or parts.query.get("mode") == "memory"
    return is_volatile and parts.get_backend_name() == "sqlite"


def engine_options(url: str) -> dict[str, Any]:
    """Return what every engine of ours is made with for `url`."""
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return {"connect_args": {"timeout": SQLITE_BUSY_MS / 1000}}
    # READ COMMITTED everywhere: after waiting for a lock we must see what the
    # other host wrote, which MySQL's default hides.
    return {
        "pool_pre_ping": True,
        "pool_recycle": connections.RECYCLE_SECONDS,
        "isolation_level": "READ COMMITTED",
        "connect_args": connections.options(make_url(url)),
    }


def configure(engine: Engine, *, is_hurried: bool = False) -> None:
    """Give `engine` our rules for its database. See `connections` for the hurry."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        if not is_hurried:
            # Hurried work takes its turn before it takes a connection.
            turn = Turn(engine.url.render_as_string(hide_password=False))
            event.listen(engine, "begin", turn.begin)
            event.listen(engine, "commit", turn.end)
            event.listen(engine, "rollback", turn.end)
        event.listen(engine, "begin", _begin_sqlite)
    connections.configure(engine, is_hurried=is_hurried)


def open_engine(url: str, *, pool_size: int) -> Engine:
    """Return an engine of its own pool for `url`, for work that is hurried."""
    engine = create_engine(
        url, **engine_options(url), pool_size=pool_size, max_overflow=0
    )
    configure(engine, is_hurried=True)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, record: object) -> None:
    del record
    # The driver's own transaction handling begins too late; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A push is acknowledged after COMMIT, so COMMIT has to reach the disk.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
