"""Where a push is handed over: in the ledger or in the spool when this returns."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from wxchannels.database import Turn, open_engine, transactions
from wxchannels.intake.batching import Batcher, LateError
from wxchannels.intake.breaker import Breaker
from wxchannels.intake.directory import Directory
from wxchannels.intake.drainer import Drainer
from wxchannels.intake.sightings import Sightings
from wxchannels.intake.spool import Spool, SpoolError, probe
from wxchannels.intake.spooled import Spooled
from wxchannels.intake.store import DatabaseAwayError, Incoming, Store
from wxchannels.intake.verification import note_verified
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, RawPush, SightingKind

log = logging.getLogger(__name__)

#: A connection each for committing, draining and errands, and one to spare.
POOL_SIZE = 4
#: How long a disk may take for what is usually done in a millisecond.
SPOOL_SECONDS = 1.0
ERRAND_SECONDS = 1.0
#: Pages hear of what other processes spooled within this time: to ask is to keep
#: pushes waiting.
KEPT_SECONDS = 3.0
#: How long what was found out about storing is told again: each look is written.
LOOK_SECONDS = 1.0

#: What a push is answered that waits in the spool: what it is turns out later.
SPOOLED = Answer()

Job = Callable[[], None]


class NotStoredError(Exception):
    """The push is nowhere durable: WeChat has to send it again."""


@dataclass(frozen=True, kw_only=True)
class IntakeStatus:
    """How the way of a push is at the moment."""

    #: Whether this process spools because the database is away.
    is_open: bool
    #: What waits in the spool of this host, and since when.
    spooled: int
    oldest_spooled_at: datetime | None
    #: Damaged files and unreadable pushes that wait for a person.
    quarantined: int
    #: Since when the oldest of them is: it ends with the days of raw pushes.
    quarantined_since: datetime | None


class Intake:
    """Takes in the pushes of this process. Its threads start with the first of them."""

    def __init__(
        self, url: str, *, spool_dir: Path, erase_on_unfollow: bool, deadline: float
    ) -> None:
        self.engine = open_engine(url, pool_size=POOL_SIZE)
        self.spool = Spool(spool_dir)
        self._deadline = deadline
        self._breaker = Breaker()
        turn = Turn(url)
        self._folder = turn.folder
        store = Store(self.engine, turn, erase_on_unfollow=erase_on_unfollow)
        self._committer: Batcher[Incoming, Answer] = Batcher(store.record)
        self._spooler: Batcher[Spooled, None] = Batcher(self._spool_all)
        self._errands: Batcher[Job, None] = Batcher(_run, most=1)
        self._drainer = Drainer(self.spool, store, self._breaker, self._can_commit)
        self.directory = Directory(
            self.engine, spool_dir / "accounts.sealed", deadline=deadline
        )
        self._sightings = Sightings(self.engine)
        self._has_looked = False
        self._kept = 0
        self._count_again_at = 0.0
        self._look = threading.Lock()
        self._next_look_at, self._could_store = 0.0, False

    def submit(self, account_id: int, delivery: Delivery) -> Answer:
        """Return the answer once the push is durable, or raise NotStoredError."""
        self._look_after_leftovers()
        if not self._breaker.is_open:
            try:
                return self._committer.submit(
                    Incoming(account_id, delivery), timeout=self._deadline
                )
            except (LateError, DatabaseAwayError):
                # It may be committed all the same; the ledger knows it by its key.
                self._breaker.trip()
            except Exception as error:  # noqa: BLE001 - whatever broke: it must not be lost
                log.warning("push not recorded: %s", type(error).__name__)
        spooled = Spooled(account_id, delivery.body, delivery.received_at)
        try:
            self._spooler.submit(spooled, timeout=SPOOL_SECONDS)
        except (LateError, SpoolError) as error:
            raise NotStoredError(type(error).__name__) from error
        finally:
            self._drainer.wake()
        self._count_again_at = 0.0
        return SPOOLED

    def drain(self) -> int:
        """Bring home what the spool of this host keeps; return how many pushes.

        Raises DatabaseAwayError or SpoolError.
        """
        return self._drainer.drain()

    def status(self) -> IntakeStatus:
        """Return how things stand. Raises SpoolError where the disk does not answer."""
        state = self.spool.state()
        return IntakeStatus(
            is_open=self._breaker.is_open,
            spooled=state.pushes,
            oldest_spooled_at=state.oldest_at,
            quarantined=state.quarantined,
            quarantined_since=state.quarantined_since,
        )

    def pushes_kept(self) -> int:
        """Return what waits in the spool, as it was a moment ago at the longest.

        Raises SpoolError where the disk does not answer.
        """
        now = time.monotonic()
        if now >= self._count_again_at:
            # First: pages that are asked for meanwhile need not look as well.
            self._count_again_at = now + KEPT_SECONDS
            self._kept = self.spool.state().pushes
        return self._kept

    def end_quarantine(self, before: datetime) -> None:
        """End what was set aside before that, unseen. Raises SpoolError."""
        ended = self.spool.end_quarantine(before)
        if ended.files or ended.pushes:
            says = "kept long enough, deleted unseen: %d damaged files, %d pushes"
            log.warning(says, ended.files, ended.pushes)

    def can_store(self) -> bool:
        """Say whether a push would be durable now, in one place or the other.

        However many ask, one looks, and not again within the second. Where nobody told
        yet whose pushes we take, all of them are refused.
        """
        self._look_after_leftovers()
        with self._look:
            if time.monotonic() >= self._next_look_at:
                self._could_store = self.spool.can_keep() or self._can_commit()
                self._next_look_at = time.monotonic() + LOOK_SECONDS
            is_durable = self._could_store
        return is_durable and self.directory.is_known()

    def note_verified(self, account_id: int, *, at: datetime) -> None:
        """Keep the moment in which WeChat first reached us, if it can be kept."""
        with suppress(LateError):
            self._errands.submit(
                lambda: note_verified(self.engine, account_id, at=at),
                timeout=ERRAND_SECONDS,
            )

    def note_sighting(
        self, account_id: int, kind: SightingKind, *, at: datetime
    ) -> None:
        """Note what was seen at the callback. Nobody waits until it is written."""
        if self._sightings.add(account_id, kind, at=at):
            self._errands.send(self._sightings.write)

    def close(self) -> None:
        """End the threads and the connections."""
        self._drainer.close()
        self.directory.close()
        for batcher in (self._committer, self._spooler, self._errands):
            batcher.close()
        self.engine.dispose()

    def _look_after_leftovers(self) -> None:
        """Have brought home what a process before us left behind."""
        if not self._has_looked:
            self._has_looked = True
            self._drainer.wake()

    def _spool_all(self, pushes: Sequence[Spooled]) -> list[None]:
        self.spool.put(pushes)
        return [None] * len(pushes)

    def _can_commit(self) -> bool:
        """Say whether the database takes writes, and soon."""
        with suppress(LateError, SQLAlchemyError, OSError):
            self._errands.submit(self._touch, timeout=ERRAND_SECONDS)
            return True
        return False

    def _touch(self) -> None:
        # Fails wherever a push would: no tables, read-only, a full disk. So it has to
        # write something, and changes nothing.
        nothing = update(RawPush).where(RawPush.id < 0).values(error=None)
        same = update(Account).values(name=Account.name)
        if self._folder:
            # What a push that found no room left behind is room enough for one row.
            probe(self._folder)
        with transactions(write=True), self.engine.begin() as connection:
            connection.execute(nothing)
            connection.execute(same)


def _run(jobs: Sequence[Job]) -> list[None]:
    return [job() for job in jobs]
