"""A file on this host that keeps pushes while the database cannot take them.

SQLite, opened anew for everything that is done with it: another process may just have
set a damaged file aside.
"""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from wxchannels.columns import UnreadableSecretError
from wxchannels.intake import quarantine
from wxchannels.intake.quarantine import Ended
from wxchannels.intake.spooled import Spooled, find_records, from_record

FILE = "spool.sqlite3"
DRAFT = "salvaged.sqlite3"
NAME_BYTES = 16
#: Looking through as much takes a tenth of a second.
CHECKED_BYTES = 32 * 1024 * 1024
#: As much as a push of the largest size needs, and some.
PROBE_BYTES = 256 * 1024
PUSHES = """
CREATE TABLE IF NOT EXISTS push
    (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, record BLOB NOT NULL);
"""
SCHEMA = PUSHES + quarantine.SCHEMA
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
    #: Since when the oldest of them is.
    quarantined_since: datetime | None = None


class Spool:
    """Keeps pushes in a folder of this host, for all its processes together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / FILE

    def put(self, pushes: Sequence[Spooled]) -> None:
        """Keep the pushes: on return they are on the disk. Raises SpoolError."""
        records = [push.to_record() for push in pushes]
        self._use(lambda file: _insert(file, records))

    def take(self, limit: int) -> dict[bytes, Spooled]:
        """Return the oldest pushes by their names; they stay until `remove`."""
        if not self._path.exists():
            return {}
        return self._use(lambda file: _take(file, limit))

    def remove(self, names: Iterable[bytes]) -> None:
        """Forget pushes that are in the ledger, and no others.

        Their names are made of what they are: the file may be another one by now.
        """
        gone = [(name,) for name in names]
        statement = "DELETE FROM push WHERE name = ?"
        self._use(lambda file: file.executemany(statement, gone))

    def put_aside(self, names: Collection[bytes]) -> None:
        """Take pushes that nobody can read or store out of the line, for a person."""
        if names:
            self._use(lambda file: quarantine.put_aside(file, names))

    def check(self) -> None:
        """Look through the file and set it aside if it is damaged.

        A large one shows its damage where it is read: looking through it would keep
        pushes waiting.
        """
        if self._path.exists() and self._path.stat().st_size < CHECKED_BYTES:
            self._use(_check)

    def state(self) -> SpoolState:
        """Return what the spool holds now."""
        waiting, oldest, unreadable = 0, None, list[datetime]()
        if self._path.exists():
            waiting, oldest, unreadable = self._use(_look)
        try:
            aside = [*unreadable, *quarantine.damaged_since(self.folder)]
        except OSError as error:
            raise SpoolError(str(error)) from error
        return SpoolState(
            pushes=waiting,
            oldest_at=oldest,
            quarantined=len(aside),
            quarantined_since=min(aside, default=None),
        )

    def end_quarantine(self, before: datetime) -> Ended:
        """Delete what was set aside before that. Raises SpoolError."""
        pushes = 0
        if self._path.exists():
            pushes = self._use(lambda file: quarantine.end_pushes(file, before))
        try:
            return Ended(quarantine.end_files(self.folder, before), pushes)
        except OSError as error:
            raise SpoolError(str(error)) from error

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
        """Keep the damaged file for a person, and go on with what is whole in it.

        Killed on the way, the damaged file is still the spool, or the new one is.
        """
        draft = self.folder / DRAFT
        draft.unlink(missing_ok=True)
        with self._path.open("rb") as damaged:
            _transact(draft, lambda file: _insert(file, find_records(damaged)))
        quarantine.next_damaged(self.folder).hardlink_to(self._path)
        for name in (FILE, DRAFT):
            (self.folder / f"{name}-journal").unlink(missing_ok=True)
        draft.replace(self._path)
        _sync(self.folder)


def _sync(folder: Path) -> None:
    """Have the disk know which names are in the folder."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


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
        # Of a new file: a push lies in one page, so that it can be found in ruins.
        file.execute("PRAGMA page_size = 16384")
        file.execute("PRAGMA synchronous = FULL")
        file.executescript(SCHEMA)
        file.execute("BEGIN IMMEDIATE")
        result = work(file)
        file.execute("COMMIT")
        return result


def _insert(file: sqlite3.Connection, records: Iterable[bytes]) -> None:
    named = ((_name(record), record) for record in records)
    file.executemany("INSERT OR IGNORE INTO push (name, record) VALUES (?, ?)", named)


def _name(record: bytes) -> bytes:
    return hashlib.sha256(record).digest()[:NAME_BYTES]


def _take(file: sqlite3.Connection, limit: int) -> dict[bytes, Spooled]:
    query = "SELECT name, record FROM push ORDER BY id LIMIT ?"
    found: dict[bytes, Spooled] = {}
    while not found and (rows := file.execute(query, (limit,)).fetchall()):
        for name, record in rows:
            try:
                found[name] = from_record(record)
            except UnreadableSecretError:
                quarantine.put_aside(file, [name])
    return found


def _look(file: sqlite3.Connection) -> tuple[int, datetime | None, list[datetime]]:
    oldest = next(iter(_take(file, 1).values()), None)
    [waiting] = file.execute("SELECT count(*) FROM push").fetchone()
    unreadable = quarantine.unreadable_since(file)
    return waiting, oldest.received_at if oldest else None, unreadable


def _check(file: sqlite3.Connection) -> None:
    [result] = file.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise sqlite3.DatabaseError(result)
