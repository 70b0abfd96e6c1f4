"""What the callback sees besides pushes it keeps: noted at once, written later.

A forged request must cost no statement, and one that we could not store least of all:
they are counted here, and an errand writes them at most once a minute.
"""

import threading
import time
from datetime import datetime

from sqlalchemy import Engine, Table
from sqlalchemy.exc import SQLAlchemyError

from wxchannels.database import transactions
from wxchannels.models import CallbackSighting, SightingKind
from wxchannels.statements import tally

TABLE: Table = CallbackSighting.__table__  # type: ignore[assignment]
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
            times, _ = self._seen.get((account_id, kind), (0, at))
            self._seen[account_id, kind] = (times + 1, at)
            now = time.monotonic()
            is_time = now - self._written_at >= WRITE_SECONDS
            if is_time:
                self._written_at = now
            return is_time

    def write(self) -> None:
        """Write what was seen; where the database is away, the next time does it."""
        with self._lock:
            seen, self._seen = self._seen, {}
        try:
            with transactions(write=True), self._engine.begin() as connection:
                for (account_id, kind), (times, at) in sorted(seen.items()):
                    key = {"account_id": account_id, "kind": kind}
                    tally(connection, TABLE, key, {"last_at": at}, times=times)
        except (SQLAlchemyError, OSError):
            with self._lock:
                self._seen = {**seen, **self._seen}
