"""The servers tests run on: a database made there, emptied between tests, dropped."""

import os
from collections.abc import Sequence

from sqlalchemy import (
    URL,
    Connection,
    NullPool,
    create_engine,
    exists,
    literal,
    make_url,
    select,
    text,
    union_all,
)

from wxchannels.database import engine_options, normal_url
from wxchannels.models import Base

#: By the name that a test's parameter shows; SQLite is always there.
SERVERS = {"postgresql": "TEST_POSTGRESQL_URL", "mysql": "TEST_MYSQL_URL"}


def names() -> Sequence[str]:
    """Return the databases that tests can run on here."""
    return ["sqlite", *(name for name, url in SERVERS.items() if os.environ.get(url))]


class Server:
    """A database server on which we may create and drop databases."""

    def __init__(self, name: str) -> None:
        self.is_postgresql = name == "postgresql"
        self.url = make_url(normal_url(os.environ[SERVERS[name]]))
        self._engine = create_engine(
            self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool
        )

    def create(self, database: str) -> URL:
        """Make `database` anew and return its URL."""
        self.drop(database)
        if self.is_postgresql:
            # No test pulls the plug, so their COMMITs need not reach the disk.
            self._run(
                f'CREATE DATABASE "{database}"',
                f'ALTER DATABASE "{database}" SET synchronous_commit = off',
            )
        else:
            self._run(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4")
        made = self.url.set(database=database)
        if self.is_postgresql:
            return made
        # PyMySQL reads all certificates of the system each time it connects.
        return made.update_query_dict({"ssl_disabled": "true"})

    def drop(self, database: str) -> None:
        """Drop `database` if it is there, whoever is connected to it."""
        if self.is_postgresql:
            self._run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        else:
            self._run(f"DROP DATABASE IF EXISTS `{database}`")

    def _run(self, *statements: str) -> None:
        with self._engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))


class Database:
    """This test process's own database on a server, with our tables."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._name = f"wxchannels_{os.getpid()}"
        self.url = server.create(self._name)
        options = engine_options(self.url.render_as_string(hide_password=False))
        self._engine = create_engine(self.url, **options, pool_size=1)
        Base.metadata.create_all(self._engine)

    def empty(self) -> None:
        """Delete every row, fast: most tests fill a few of the tables only.

        TRUNCATE takes as long for an empty table as for a full one.
        """
        with self._engine.begin() as connection:
            # A test that left a transaction open fails its successor by name.
            if self._server.is_postgresql:
                connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            else:
                connection.execute(text("SET innodb_lock_wait_timeout = 5"))
                connection.execute(text("SET foreign_key_checks = 0"))
            filled = _filled(connection)
            for table in reversed(Base.metadata.sorted_tables):
                if table.name in filled:
                    connection.execute(table.delete())

    def drop(self) -> None:
        """Drop the database."""
        self._engine.dispose()
        self._server.drop(self._name)


def _filled(connection: Connection) -> set[str]:
    """Return the names of the tables that hold a row."""
    questions = [
        select(literal(table.name)).where(exists().select_from(table))
        for table in Base.metadata.sorted_tables
    ]
    return set(connection.scalars(union_all(*questions)))
