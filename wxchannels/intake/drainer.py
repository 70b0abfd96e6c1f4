"""Brings home what the spool keeps, once the database takes it again."""

import logging
import os
import threading
from collections.abc import Callable, Collection, Mapping

from wxchannels.intake.batching import CLOSE_SECONDS
from wxchannels.intake.breaker import Breaker
from wxchannels.intake.spool import Spool, SpoolError
from wxchannels.intake.spooled import Spooled
from wxchannels.intake.store import (
    DatabaseAwayError,
    HeldError,
    Incoming,
    Store,
    UnstorableError,
)
from wxchannels.ledger.deliveries import Delivery
from wxchannels.wechat import pushes
from wxchannels.wechat.errors import MalformedPushError

log = logging.getLogger(__name__)

BATCH = 64
PAUSE_SECONDS = 0.5


class Drainer:
    """Empties the spool of this host into the ledger.

    Its thread lives only while there is something to wait for: a breaker to close, or
    pushes to bring home.
    """

    def __init__(
        self,
        spool: Spool,
        store: Store,
        breaker: Breaker,
        can_commit: Callable[[], bool],
    ) -> None:
        self._spool = spool
        self._store = store
        self._breaker = breaker
        self._can_commit = can_commit
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._stopped = threading.Event()

    def wake(self) -> None:
        """Begin to look after the spool, unless this process does already."""
        with self._starting:
            if self._pid != os.getpid() and not self._stopped.is_set():
                self._pid = os.getpid()
                self._thread = threading.Thread(
                    target=self._run, name="intake", daemon=True
                )
                self._thread.start()

    def drain(self) -> int:
        """Bring home what waits and return how many pushes that were.

        Raises DatabaseAwayError or SpoolError where one of the two does not answer. A
        push that is interrupted between the two is brought home again: the ledger
        knows it by its key.
        """
        brought = 0
        with self._spool.drained_by_us() as is_ours:
            if not is_ours:
                return 0
            self._spool.check()
            held: set[bytes] = set()
            while waiting := self._next(held):
                brought += self._bring_home(waiting, held)
        if brought:
            log.info("pushes brought home from the spool: %d", brought)
        return brought

    def _next(self, held: Collection[bytes]) -> Mapping[bytes, Incoming]:
        """Return the oldest pushes but those that are held, none at the end."""
        found: dict[bytes, Incoming] = {}
        while not found:
            taken = self._spool.take(BATCH + len(held))
            waiting = {n: push for n, push in taken.items() if n not in held}
            if not waiting:
                break
            for name, push in waiting.items():
                try:
                    found[name] = _incoming(push)
                except MalformedPushError:
                    # The version that kept it could read it, and this one cannot.
                    self._spool.put_aside([name])
        return found

    def _bring_home(self, waiting: Mapping[bytes, Incoming], held: set[bytes]) -> int:
        """Record what waits and return how much; whose person is held stays."""
        outcomes = dict(
            zip(waiting, self._store.record(list(waiting.values())), strict=True)
        )
        held.update(n for n, out in outcomes.items() if isinstance(out, HeldError))
        lost = [n for n, out in outcomes.items() if isinstance(out, UnstorableError)]
        home = [name for name in outcomes if name not in held and name not in lost]
        self._spool.put_aside(lost)
        self._spool.remove(home)
        return len(home)

    def close(self) -> None:
        """End the thread, if what it has in hand ends soon. No other one starts."""
        with self._starting:
            self._stopped.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set() and not self._is_done_for_certain():
            self._stopped.wait(PAUSE_SECONDS)

    def _is_done_for_certain(self) -> bool:
        """Take a step. Only this thread closes the breaker, so it must not die."""
        try:
            return self._is_done()
        except Exception as error:  # noqa: BLE001 - the thread's edge
            log.error("spool not drained: %s", type(error).__name__)  # noqa: TRY400 - it may hold a push
            return False

    def _is_done(self) -> bool:
        """Take a step, and say whether nothing is left to wait for."""
        if self._breaker.is_open and self._can_commit():
            self._breaker.close()
        if self._breaker.is_open:
            return False
        try:
            self.drain()
            return self._may_end()
        except DatabaseAwayError:
            self._breaker.trip()
        except SpoolError as error:
            log.error("spool cannot be read: %s", error)  # noqa: TRY400 - the why is in it
        return False

    def _may_end(self) -> bool:
        """Say whether nothing waits; whoever wakes us after that starts us anew."""
        with self._starting:
            if self._breaker.is_open or self._spool.state().pushes:
                return False
            self._pid = 0
            return True


def _incoming(push: Spooled) -> Incoming:
    delivery = Delivery(
        push=pushes.parse(push.body), body=push.body, received_at=push.received_at
    )
    return Incoming(push.account_id, delivery)
