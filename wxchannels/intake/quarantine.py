"""What the spool keeps for a person: damaged files, and pushes that nobody can read.

They hold personal data, so they are kept no longer than raw pushes are.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

DAMAGED = "damaged-{number}.sqlite3"
#: Apart from the pushes, because versions before know no more than two columns of them.
SCHEMA = """
CREATE TABLE IF NOT EXISTS unreadable (name BLOB PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS unreadable_since
    (name BLOB PRIMARY KEY, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""
#: As SQLite writes the time, in UTC.
MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Ended:
    """What was kept long enough."""

    files: int
    pushes: int


def put_aside(file: sqlite3.Connection, names: Collection[bytes]) -> None:
    """Take pushes out of the line, and keep them for a person."""
    given = [(name,) for name in names]
    select = "SELECT name, record FROM push WHERE name = ?"
    file.executemany(f"INSERT OR IGNORE INTO unreadable {select}", given)
    file.executemany("DELETE FROM push WHERE name = ?", given)
    _note_since(file)


def next_damaged(folder: Path) -> Path:
    """Return what the next damaged file is to be called."""
    number = 1
    while (path := folder / DAMAGED.format(number=number)).exists():
        number += 1
    return path


def damaged_since(folder: Path) -> list[datetime]:
    """Return since when each damaged file is untouched; what is in it came before."""
    found = folder.glob(DAMAGED.format(number="*"))
    return [datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in found]


def unreadable_since(file: sqlite3.Connection) -> list[datetime]:
    """Return since when each push lies here."""
    rows = file.execute(
        "SELECT coalesce(at, CURRENT_TIMESTAMP)"
        " FROM unreadable LEFT JOIN unreadable_since USING (name)"
    )
    return [datetime.fromisoformat(at).replace(tzinfo=UTC) for (at,) in rows]


def end_pushes(file: sqlite3.Connection, before: datetime) -> int:
    """Delete the pushes set aside before that; return how many there were."""
    _note_since(file)
    # Overwritten as well: it is somebody's push.
    file.execute("PRAGMA secure_delete = ON")
    moment = before.astimezone(UTC).strftime(MOMENT)
    query = "SELECT name FROM unreadable_since WHERE at < ?"
    old = file.execute(query, (moment,)).fetchall()
    for table in ("unreadable", "unreadable_since"):
        file.executemany(f"DELETE FROM {table} WHERE name = ?", old)  # noqa: S608 - ours
    return len(old)


def end_files(folder: Path, before: datetime) -> int:
    """Delete the damaged files older than that; return how many there were."""
    old = [
        path
        for path in folder.glob(DAMAGED.format(number="*"))
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _note_since(file: sqlite3.Connection) -> None:
    """Begin the days of what has none yet."""
    file.execute(
        "INSERT OR IGNORE INTO unreadable_since (name) SELECT name FROM unreadable"
    )
