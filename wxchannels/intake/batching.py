"""A thread that works on everything that waits, all of it at once."""

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
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


class _Waiting(Generic[Item, Result]):
    """An item on its way, and the answer somebody waits for."""

    __slots__ = ("answer", "item")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.answer: Future[Result] = Future()


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
        self._queue: queue.SimpleQueue[_Waiting[Item, Result] | None] = (
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

    def send(self, item: Item) -> "Future[Result]":
        """Hand over `item` and wait for nothing. Once closed, it is left out."""
        waiting: _Waiting[Item, Result] = _Waiting(item)
        with self._starting:
            if self._is_closed:
                waiting.answer.cancel()
            else:
                self._start()
                self._queue.put(waiting)
        return waiting.answer

    def submit(self, item: Item, *, timeout: float) -> Result:
        """Return what the work made of `item`, or raise: its error, or LateError."""
        answer = self.send(item)
        try:
            return answer.result(timeout=timeout)
        except (TimeoutError, CancelledError):
            answer.cancel()
            raise LateError from None

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
            batch = [first, *self._more()]
            batch = [one for one in batch if one.answer.set_running_or_notify_cancel()]
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

    def _more(self) -> Iterator[_Waiting[Item, Result]]:
        """Give out what else waits at this moment, up to a full batch."""
        for _ in range(self._most - 1):
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return
            if waiting is None:
                # The end is for the next round.
                self._queue.put(None)
                return
            yield waiting

    def _answer(self, batch: Sequence[_Waiting[Item, Result]]) -> None:
        try:
            results = self._work([waiting.item for waiting in batch])
        except Exception as error:  # noqa: BLE001 - the thread's edge: it must go on
            for waiting in batch:
                waiting.answer.set_exception(error)
            return
        for waiting, result in zip(batch, results, strict=True):
            if isinstance(result, Exception):
                waiting.answer.set_exception(result)
            else:
                waiting.answer.set_result(result)
