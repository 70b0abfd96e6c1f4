"""What the callback sees besides pushes it keeps: noted at once, written later.

A forged request must cost no statement, and one that we could not store least of all:
they are counted here, and an errand writes them at most once a minute.
"""

import threading
import time
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wxchannels.database import transactions
from wxchannels.models import CallbackSighting, SightingKind
from wxchannels.statements import add_up

TABLE = CallbackSighting.__table__
WRITE_SECONDS = 60.0

Key = tuple[int, SightingKind]


class Sightings:
    """What this process saw and has not written yet."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._seen: dict[Key, tuple[int, datetime]] = {}
        self._written_at = float("-inf")

    def add(self, account_id: int, kind: SightingKind, *, at: datetime) -> bool:
        """Note a sighting; say whether it is time to write."""
        with self._lock:
            self._count((account_id, kind), 1, at)
            now = time.monotonic()
            is_time = now - self._written_at >= WRITE_SECONDS
            if is_time:
                self._written_at = now
            return is_time

    def write(self) -> None:
        """Write what was seen; where the database is away, the next time does it."""
        with self._lock:
            seen, self._seen = self._seen, {}
        # In the order of their keys, so that two processes cannot wait for each other.
        rows = [
            {"account_id": account_id, "kind": kind, "times": times, "last_at": at}
            for (account_id, kind), (times, at) in sorted(seen.items())
        ]
        try:
            with transactions(write=True), Session(self._engine) as session:
                add_up(session, TABLE, rows, ("times",), latest=("last_at",))
                session.commit()
        except (SQLAlchemyError, OSError):
            with self._lock:
                for key, (times, at) in seen.items():
                    self._count(key, times, at)

    def _count(self, key: Key, times: int, at: datetime) -> None:
        before, last = self._seen.get(key, (0, at))
        self._seen[key] = before + times, max(last, at)
