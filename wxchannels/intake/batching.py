"""A thread that works on everything that waits, all of it at once."""

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_BATCH = 64
#: How long the next one may take that is on its way anyhow.
PAUSE_SECONDS = 0.0005
#: How long whoever closes a batcher waits for work that hangs.
CLOSE_SECONDS = 5.0


class LateError(Exception):
    """The work was not done in time. It may still be done later."""


class Pending(Generic[Item, Result]):
    """An item on its way, and what becomes of it.

    Made of two locks: the library's Future costs a push as much as reading it.
    """

    __slots__ = ("_done", "_outcome", "_taken", "item")

    def __init__(self, item: Item) -> None:
        self.item = item
        #: Whoever comes first has it: the thread that begins, or who gives it up.
        self._taken = threading.Lock()
        self._done = threading.Lock()
        self._done.acquire()
        self._outcome: Result | Exception

    def take(self) -> bool:
        """Say whether it is ours: to work on, or to be left out."""
        return self._taken.acquire(blocking=False)

    def finish(self, outcome: Result | Exception) -> None:
        """Say what became of it."""
        self._outcome = outcome
        self._done.release()

    def wait(self, timeout: float) -> Result:
        """Return what became of it, or raise: its error, or LateError.

        To be called once. What nobody waits for any more is left out.
        """
        if not self._done.acquire(timeout=timeout):
            self.take()
            raise LateError
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


class Batcher(Generic[Item, Result]):
    """Hands items to one thread of this process, which takes all that wait together.

    `work` returns a result or an error for each item of a batch; what it raises, all of
    them get.
    An item that nobody waits for any more is left out, unless the work has begun.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result | Exception]],
        *,
        most: int = MAX_BATCH,
    ) -> None:
        self._work = work
        self._most = most
        self._queue: queue.SimpleQueue[Pending[Item, Result] | None] = (
            queue.SimpleQueue()
        )
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """Return how many items nobody works on yet."""
        return self._queue.qsize()

    def send(self, item: Item) -> Pending[Item, Result]:
        """Hand over `item` and wait for nothing. Once closed, it is left out."""
        pending: Pending[Item, Result] = Pending(item)
        with self._starting:
            if self._is_closed:
                pending.finish(LateError())
            else:
                self._start()
                self._queue.put(pending)
        return pending

    def submit(self, item: Item, *, timeout: float) -> Result:
        """Return what the work made of `item`, or raise: its error, or LateError."""
        return self.send(item).wait(timeout)

    def close(self) -> None:
        """End the thread behind what waits, if it ends soon. No other one starts."""
        with self._starting:
            self._is_closed = True
            self._queue.put(None)
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _start(self) -> None:
        """Start the thread in this process; a forked server begins without one."""
        if self._thread is None or self._pid != os.getpid():
            # A daemon, so that a server which is told to stop does not wait for it.
            thread = threading.Thread(target=self._run, name="intake", daemon=True)
            thread.start()
            self._thread, self._pid = thread, os.getpid()

    def _run(self) -> None:
        crowd = 0
        while (first := self._queue.get()) is not None:
            self._let_others_in(crowd)
            batch = [one for one in (first, *self._more()) if one.take()]
            if batch:
                self._answer(batch)
            crowd = len(batch) + self._queue.qsize()

    def _let_others_in(self, crowd: int) -> None:
        """Wait a moment for those who come back from the batch before.

        A batch costs as much as many items, and the first to come back would get one
        to itself. A lone item never waits.
        """
        seen = -1
        while seen < (waiting := self._queue.qsize()) < crowd - 1:
            seen = waiting
            time.sleep(PAUSE_SECONDS)

    def _more(self) -> Iterator[Pending[Item, Result]]:
        """Give out what else waits at this moment, up to a full batch."""
        for _ in range(self._most - 1):
            try:
                pending = self._queue.get_nowait()
            except queue.Empty:
                return
            if pending is None:
                # The end is for the next round.
                self._queue.put(None)
                return
            yield pending

    def _answer(self, batch: Sequence[Pending[Item, Result]]) -> None:
        outcomes: Sequence[Result | Exception]
        try:
            outcomes = self._work([pending.item for pending in batch])
        except Exception as error:  # noqa: BLE001 - the thread's edge: it must go on
            outcomes = [error] * len(batch)
        for pending, outcome in zip(batch, outcomes, strict=True):
            pending.finish(outcome)
