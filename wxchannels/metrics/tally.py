"""Counts of all processes of this host together, in a file with a row for each.

A process owns a row for as long as it lives, by a lock that ends with it, and whoever
takes the row over goes on from its counts. So nobody waits for another process, the
file does not grow, nothing has to be cleaned up, and no count ever falls.
"""

import fcntl
import os
import threading
import zlib
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class Tally:
    """Counts by name. What the disk does not take is still counted in this process."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._names = {name: number for number, name in enumerate(names)}
        # Another version that counts other things has a file of its own.
        digest = zlib.crc32("\n".join(names).encode())
        self._path = folder / f"counts-{digest:08x}"
        self._lock = threading.Lock()
        self._row = array("d", bytes(8 * len(names)))
        self._row_bytes = 8 * len(names)
        self._file = -1
        self._at: int | None = None
        self._pid = 0

    def add(self, amounts: Mapping[str, float]) -> None:
        """Add to some of the counts."""
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._start()
            for name, amount in amounts.items():
                self._row[self._names[name]] += amount
            if self._at is not None:
                with suppress(OSError):
                    os.pwrite(self._file, self._row.tobytes(), self._at)

    def totals(self) -> dict[str, float]:
        """Return every count, of all processes of this host."""
        with self._lock:
            rows = [self._row]
            with suppress(OSError):
                rows = self._read() or rows
        return {
            name: sum(row[number] for row in rows)
            for name, number in self._names.items()
        }

    def _start(self) -> None:
        """Begin with the first row that no living process has."""
        self._row, self._at = array("d", bytes(self._row_bytes)), None
        with suppress(OSError):
            if self._file < 0:
                # Never closed: that would end the locks of this process.
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            at = 0
            while not self._lock_row(at):
                at += self._row_bytes
            left = os.pread(self._file, self._row_bytes, at)
            if len(left) == self._row_bytes:
                self._row = array("d", left)
            self._at = at

    def _lock_row(self, at: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, self._row_bytes, at)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _read(self) -> list["array[float]"]:
        if self._file < 0:
            # A process that has counted nothing yet holds no lock it could lose.
            content = self._path.read_bytes()
        else:
            content = os.pread(self._file, os.fstat(self._file).st_size, 0)
        ends = range(self._row_bytes, len(content) + 1, self._row_bytes)
        return [array("d", content[end - self._row_bytes : end]) for end in ends]
