"""What `doctor` looks at in the installation: database, disk, time."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from wxchannels.outbox.standing import Lag

#: More than this and days begin visibly late; certificates fail much later.
CLOCK_TOLERANCE = timedelta(seconds=60)
TIMEOUT_SECONDS = 5
#: What each of our SQLite connections must say of itself, see database.py.
DURABLE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it if it is wrong."""

    subject: str
    is_fine: bool
    says: str


def look_at_database(engine: Engine, migrations: Config) -> Iterator[Finding]:
    """Say whether the database answers, is up to date and keeps what it is given."""
    try:
        with engine.connect() as connection:
            yield Finding("database", is_fine=True, says=engine.dialect.name)
            yield _look_at_migrations(connection, migrations)
            if engine.dialect.name == "sqlite":
                yield _look_at_sqlite(connection)
    except DBAPIError as error:
        reason = str(error.orig).strip().split("\n")[0]
        yield Finding("database", is_fine=False, says=f"cannot be used: {reason}")


def _look_at_migrations(connection: Connection, migrations: Config) -> Finding:
    here = set(MigrationContext.configure(connection).get_current_heads())
    head = set(ScriptDirectory.from_config(migrations).get_heads())
    if here == head:
        return Finding("migrations", is_fine=True, says="up to date")
    says = "run `flask --app wsgi db upgrade`"
    return Finding("migrations", is_fine=False, says=says)


def _look_at_sqlite(connection: Connection) -> Finding:
    found = {
        name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in DURABLE
    }
    says = ", ".join(f"{name}={value}" for name, value in found.items())
    return Finding("durable writes", is_fine=found == DURABLE, says=says)


def look_at_spool(directory: Path) -> Finding:
    """Say whether pushes can be kept on disk while the database is away."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory) as file:
            file.write(b"doctor")
            os.fsync(file.fileno())
    except OSError as error:
        says = f"{directory} cannot be written: {error.strerror}"
        return Finding("spool", is_fine=False, says=says)
    return Finding("spool", is_fine=True, says=f"{directory} can be written")


def look_at_clock(api_base: str, *, now: datetime) -> Finding:
    """Compare our clock with WeChat's: days of the report depend on it."""
    try:
        answer = requests.head(api_base, timeout=TIMEOUT_SECONDS)
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except requests.RequestException as error:
        says = f"{api_base} cannot be reached: {type(error).__name__}"
        return Finding("clock", is_fine=False, says=says)
    except ValueError:
        says = f"{api_base} does not tell the time"
        return Finding("clock", is_fine=False, says=says)
    seconds = round((now - theirs).total_seconds())
    is_fine = abs(seconds) <= CLOCK_TOLERANCE.total_seconds()
    advice = "" if is_fine else ": set it, for example with NTP"
    says = f"{seconds:+d} s against {api_base}{advice}"
    return Finding("clock", is_fine=is_fine, says=says)


def look_at_work(lag: Lag) -> Finding:
    """Say whether a worker is there, how far behind it is, and what is parked."""
    says = f"{lag.waiting} waiting, {round(lag.seconds)} s behind"
    if not lag.is_manned:
        says += "; none was seen: run `flask --app wsgi worker`, one or more"
    if lag.parked:
        says += f"; {lag.parked} parked: `tasks list` says why, `tasks again` tries"
    # Where nothing waits, nobody is missed yet.
    is_missed = lag.waiting > 0 and not lag.is_manned
    return Finding("worker", is_fine=not lag.parked and not is_missed, says=says)
