"""How we connect to a database server: no wait without an end, errors by their names.

A network path that died says nothing, and would hold a connection, its locks and
whoever waits for it for hours. PostgreSQL's library is told how long by parameters,
PyMySQL partly on its socket. A server that is merely slow is waited for.
"""

import socket
from functools import partial
from typing import Any

import pymysql
from sqlalchemy import URL, Engine, ExceptionContext, event
from sqlalchemy.exc import DataError, IntegrityError

#: How long connecting may take, how long what we sent may stay unacknowledged.
PATIENCE_SECONDS = 10
#: As long as a SQLite writer waits for another one.
LOCK_SECONDS = 5
#: Firewalls forget connections that are silent for long; we are done with them before.
RECYCLE_SECONDS = 1800
PROBE_AFTER_SECONDS, PROBE_EVERY_SECONDS, PROBES = 5, 2, 3

POSTGRESQL = {
    "connect_timeout": PATIENCE_SECONDS,
    "tcp_user_timeout": PATIENCE_SECONDS * 1000,
    "keepalives_idle": PROBE_AFTER_SECONDS,
    "keepalives_interval": PROBE_EVERY_SECONDS,
    "keepalives_count": PROBES,
}
#: What MySQL 8 does unless told otherwise; with less, a value that does not fit is
#: cut and stored. Not every server is set up so.
STRICT = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)
MYSQL = {
    "connect_timeout": PATIENCE_SECONDS,
    "read_timeout": PATIENCE_SECONDS,
    "write_timeout": PATIENCE_SECONDS,
    "charset": "utf8mb4",
    "init_command": f"SET sql_mode = '{STRICT}', time_zone = '+00:00', "
    f"innodb_lock_wait_timeout = {LOCK_SECONDS}",
}
#: How long hurried work waits for a row: longer than PostgreSQL needs to notice a
#: deadlock, shorter than a push waits.
HURRY = {
    "postgresql": "SET lock_timeout = '1200ms'",
    "mysql": "SET innodb_lock_wait_timeout = 1",
    "mariadb": "SET innodb_lock_wait_timeout = 1",
}
#: The same as for PostgreSQL; not every system knows every one.
TCP = {
    "TCP_USER_TIMEOUT": PATIENCE_SECONDS * 1000,
    "TCP_KEEPIDLE": PROBE_AFTER_SECONDS,
    "TCP_KEEPINTVL": PROBE_EVERY_SECONDS,
    "TCP_KEEPCNT": PROBES,
}
#: "Check constraint is violated" has no SQLSTATE of its own in MySQL 8.
MYSQL_CHECK_VIOLATED = 3819


def options(url: URL) -> dict[str, Any]:
    """Return what the driver of a server at `url` is told; the URL itself wins."""
    ours = POSTGRESQL if url.get_backend_name() == "postgresql" else MYSQL
    return {name: value for name, value in ours.items() if name not in url.query}


def configure(engine: Engine, *, is_hurried: bool = False) -> None:
    """Give an engine our rules for its database.

    Work that `is_hurried` waits a second for a row that somebody holds, and no longer:
    the rest of it can be done without. On MySQL and MariaDB the driver's limit for an
    answer is needed to connect, where a frozen server accepts and says nothing. Later
    it would cut off what is slow, so only hurried work keeps it; so does an engine
    whose URL asks for a limit.
    """
    if is_hurried and engine.dialect.name in HURRY:
        event.listen(engine, "connect", partial(_hurry, HURRY[engine.dialect.name]))
    if engine.dialect.name not in {"mysql", "mariadb"}:
        return
    event.listen(engine, "handle_error", _name_rightly)
    event.listen(engine, "connect", _watch_path)
    if not is_hurried and "read_timeout" not in engine.url.query:
        event.listen(engine, "connect", _lift_limit)


def _hurry(statement: str, connection: Any, record: object) -> None:  # noqa: ANN401 - a driver's
    del record
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.commit()


def _lift_limit(connection: Any, record: object) -> None:  # noqa: ANN401 - PyMySQL's
    del record
    connection._read_timeout = None  # noqa: SLF001 - there is no other way to it


def _watch_path(connection: Any, record: object) -> None:  # noqa: ANN401 - PyMySQL's
    """Have the system notice when the other end is not there any more."""
    del record
    sock: socket.socket = connection._sock  # noqa: SLF001 - there is no other way to it
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    for name, value in TCP.items():
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _name_rightly(context: ExceptionContext) -> None:
    """Call a row that the database refuses by its name.

    PyMySQL calls a violated CHECK and some values that do not fit an operational error,
    and that means to all of us that the database is away.
    """
    cause = context.original_exception
    if not isinstance(cause, pymysql.err.OperationalError):
        return
    what = (context.statement, context.parameters, cause)
    state = cause.sqlstate or ""
    if state.startswith("23") or cause.args[0] == MYSQL_CHECK_VIOLATED:
        raise IntegrityError(*what)
    if state.startswith("22"):
        raise DataError(*what)
