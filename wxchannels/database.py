"""How we talk to each database: durable, one writer at a time on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

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


DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


def normal_url(text: str, *, folder: Path | None = None) -> str:
    """Return the database URL with the driver we ship, e.g. psycopg 3.

    A SQLite file without a whole path lies in `folder`: Flask-SQLAlchemy would look
    for it elsewhere than SQLAlchemy does.
    """
    url = make_url(text)
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    url.get_dialect()  # raises where SQLAlchemy knows no such database
    name = url.database or ""
    is_file = name and not name.startswith((":", "file:"))
    if folder and is_file and url.get_backend_name() == "sqlite":
        url = url.set(database=str(folder / name))
    return url.render_as_string(hide_password=False)


def engine_options(url: str) -> dict[str, Any]:
    """Return what every engine of ours is made with for `url`."""
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return {"connect_args": {"timeout": SQLITE_BUSY_MS / 1000}}
    # READ COMMITTED everywhere: after waiting for a lock we must see what the
    # other host wrote, which MySQL's default hides.
    return {"pool_pre_ping": True, "isolation_level": "READ COMMITTED"}


def configure(engine: Engine) -> None:
    """Give `engine` our rules for SQLite; other databases need none."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def open_engine(url: str, *, pool_size: int) -> Engine:
    """Return an engine of its own pool for `url`, configured."""
    engine = create_engine(
        url, **engine_options(url), pool_size=pool_size, max_overflow=0
    )
    configure(engine)
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
