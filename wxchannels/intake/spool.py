"""A file on this host that keeps pushes while the database cannot take them.

SQLite, opened anew for everything that is done with it: another process may just have
set a damaged file aside.
"""

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from wxchannels.columns import UnreadableSecretError
from wxchannels.intake.spooled import Spooled, find_records, from_record

FILE = "spool.sqlite3"
DAMAGED = "damaged-{number}.sqlite3"
#: As much as a push of the largest size needs, and some.
PROBE_BYTES = 256 * 1024
SCHEMA = """
CREATE TABLE IF NOT EXISTS push
    (id INTEGER PRIMARY KEY AUTOINCREMENT, record BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS unreadable (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
"""
Result = TypeVar("Result")


class SpoolError(Exception):
    """The file cannot be used now: disk full, no right to it, a broken disk."""


@dataclass(frozen=True, kw_only=True)
class SpoolState:
    """What the spool holds."""

    pushes: int = 0
    oldest_at: datetime | None = None
    #: Damaged files that were set aside, and single pushes that no key opens.
    quarantined: int = 0


class Spool:
    """Keeps pushes in a folder of this host, for all its processes together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / FILE

    def put(self, pushes: Sequence[Spooled]) -> None:
        """Keep the pushes: on return they are on the disk. Raises SpoolError."""
        records = [(push.to_record(),) for push in pushes]
        self._use(lambda file: _insert(file, records))

    def take(self, limit: int) -> dict[int, Spooled]:
        """Return the oldest pushes by their numbers; they stay until `remove`."""
        if not self._path.exists():
            return {}
        return self._use(lambda file: _take(file, limit))

    def remove(self, numbers: Sequence[int]) -> None:
        """Forget pushes that are in the ledger."""
        gone = [(number,) for number in numbers]
        self._use(lambda file: file.executemany("DELETE FROM push WHERE id = ?", gone))

    def check(self) -> None:
        """Look through the whole file and set it aside if it is damaged."""
        if self._path.exists():
            self._use(_check)

    def state(self) -> SpoolState:
        """Return what the spool holds now."""
        damaged = len(list(self.folder.glob(DAMAGED.format(number="*"))))
        if not self._path.exists():
            return SpoolState(quarantined=damaged)
        waiting, unreadable = self._use(_count)
        oldest = next(iter(self.take(1).values()), None)
        return SpoolState(
            pushes=waiting,
            oldest_at=oldest.received_at if oldest else None,
            quarantined=damaged + unreadable,
        )

    def can_keep(self) -> bool:
        """Say whether there is room for a push, by writing as much."""
        try:
            probe(self.folder)
        except OSError:
            return False
        return True

    @contextmanager
    def drained_by_us(self) -> Iterator[bool]:
        """Be the only process of this host that drains, unless one does already."""
        try:
            lock = (self.folder / "drain.lock").open("w")
        except OSError as error:
            raise SpoolError(str(error)) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _use(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do `work` in a transaction while no other process uses the file."""
        try:
            with (self.folder / "spool.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                try:
                    return _transact(self._path, work)
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError:
                    self._set_aside()
                    return _transact(self._path, work)
        except (OSError, sqlite3.Error) as error:
            raise SpoolError(str(error)) from error

    def _set_aside(self) -> None:
        """Keep the damaged file for a person, and go on with what is whole in it."""
        number = 1
        while (damaged := self.folder / DAMAGED.format(number=number)).exists():
            number += 1
        self._path.rename(damaged)
        self._path.with_name(f"{FILE}-journal").unlink(missing_ok=True)
        records = [(record,) for record in find_records(damaged.read_bytes())]
        _transact(self._path, lambda file: _insert(file, records))


def probe(folder: Path) -> None:
    """Write as much as a push may need, and take it away. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(bytes(PROBE_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _transact(path: Path, work: Callable[[sqlite3.Connection], Result]) -> Result:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        # The journal is shortened and synced at each COMMIT: two fsyncs the fewer.
        file.execute("PRAGMA journal_mode = TRUNCATE")
        file.execute("PRAGMA synchronous = FULL")
        file.executescript(SCHEMA)
        file.execute("BEGIN IMMEDIATE")
        result = work(file)
        file.execute("COMMIT")
        return result


def _insert(file: sqlite3.Connection, records: Sequence[tuple[bytes]]) -> None:
    file.executemany("INSERT INTO push (record) VALUES (?)", records)


def _take(file: sqlite3.Connection, limit: int) -> dict[int, Spooled]:
    query = "SELECT id, record FROM push ORDER BY id LIMIT ?"
    found: dict[int, Spooled] = {}
    while not found and (rows := file.execute(query, (limit,)).fetchall()):
        for number, record in rows:
            try:
                found[number] = from_record(record)
            except UnreadableSecretError:
                _keep_unreadable(file, number)
    return found


def _keep_unreadable(file: sqlite3.Connection, number: int) -> None:
    """Take a push that no key opens out of the line, and keep it for a person."""
    file.execute(
        "INSERT INTO unreadable SELECT id, record FROM push WHERE id = ?", (number,)
    )
    file.execute("DELETE FROM push WHERE id = ?", (number,))


def _count(file: sqlite3.Connection) -> tuple[int, int]:
    query = "SELECT (SELECT count(*) FROM push), (SELECT count(*) FROM unreadable)"
    waiting, unreadable = file.execute(query).fetchone()
    return waiting, unreadable


def _check(file: sqlite3.Connection) -> None:
    [result] = file.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise sqlite3.DatabaseError(result)
