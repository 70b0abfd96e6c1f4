"""The databases to measure on: a new and empty one each, gone afterwards."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from wxchannels.database import normal_url

#: Who names the server of each kind; without one it is left out.
VARIABLES = {
    "postgresql": ("BENCH_POSTGRESQL_URL", "TEST_POSTGRESQL_URL"),
    "mysql": ("BENCH_MYSQL_URL", "TEST_MYSQL_URL"),
}


def available() -> list[str]:
    """Return the kinds of database that this run can measure on."""
    return ["sqlite", *(kind for kind in VARIABLES if _server(kind))]


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of a new database, and drop it in the end."""
    name = f"bench_{secrets.token_hex(4)}"
    if kind == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    server = make_url(normal_url(_server(kind)))
    _on_server(server, f"CREATE DATABASE {name}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        _on_server(server, f"DROP DATABASE {name}{force}")


def version(kind: str) -> str:
    """Return which version of the database it is."""
    url = "sqlite://" if kind == "sqlite" else normal_url(_server(kind))
    query = "SELECT sqlite_version()" if kind == "sqlite" else "SELECT version()"
    engine = create_engine(url)
    with engine.connect() as connection:
        words = str(connection.scalar(text(query))).split(" on ")[0]
    engine.dispose()
    return words if kind == "postgresql" else f"{kind} {words}"


def _server(kind: str) -> str:
    named = (os.environ.get(variable, "") for variable in VARIABLES[kind])
    return next(filter(None, named), "")


def _on_server(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
