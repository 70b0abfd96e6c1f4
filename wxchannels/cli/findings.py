"""What `doctor` looks at in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from wxchannels.outbox.standing import Lag
from wxchannels.resealing import sealed_columns

#: More than this and days begin visibly late; certificates fail much later.
CLOCK_TOLERANCE = timedelta(seconds=60)
CLOCKS = {
    "postgresql": text("SELECT statement_timestamp() AT TIME ZONE 'UTC'"),
    "mysql": text("SELECT utc_timestamp()"),
    "mariadb": text("SELECT utc_timestamp()"),
}
#: How many of the oldest and of the newest values of a column are opened.
SAMPLE = 50
#: What each of our SQLite connections must say of itself, see database.py.
DURABLE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it if it is wrong."""

    subject: str
    #: None where it cannot be known from here.
    is_fine: bool | None
    says: str


def look_at_database(
    engine: Engine, migrations: Config, *, now: datetime
) -> Iterator[Finding]:
    """Say whether the database answers, is up to date and keeps what it is given."""
    try:
        with engine.connect() as connection:
            yield Finding("database", is_fine=True, says=engine.dialect.name)
            yield _look_at_migrations(connection, migrations)
            if engine.dialect.name == "sqlite":
                yield _look_at_sqlite(connection)
            else:
                yield _look_at_clock(connection, now)
    except DBAPIError as error:
        reason = str(error.orig).strip().split("\n")[0]
        yield Finding("database", is_fine=False, says=f"cannot be used: {reason}")


def _look_at_clock(connection: Connection, now: datetime) -> Finding:
    theirs = connection.scalar(CLOCKS[connection.dialect.name])
    return compare_clocks("database clock", now, theirs.replace(tzinfo=UTC))


def compare_clocks(subject: str, ours: datetime, theirs: datetime) -> Finding:
    """Say how far our clock is from theirs: days of the report depend on it."""
    seconds = round((ours - theirs).total_seconds())
    is_fine = abs(seconds) <= CLOCK_TOLERANCE.total_seconds()
    advice = "" if is_fine else ": set it, for example with NTP"
    return Finding(subject, is_fine=is_fine, says=f"{seconds:+d} s{advice}")


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


def look_at_keys(session: Session) -> Finding:
    """Say whether `DATA_KEYS` opens what is sealed in the database."""
    closed = [
        column.purpose
        for column in sealed_columns()
        if not column.opens(session, sample=SAMPLE)
    ]
    if not closed:
        return Finding("data keys", is_fine=True, says="open what is sealed")
    says = f"{', '.join(closed)}: sealed with a key that WXCHANNELS_DATA_KEYS lacks"
    return Finding("data keys", is_fine=False, says=says)


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
