"""The thread of a process that commits pushes: all that wait in one transaction."""

import logging
import os
import queue
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextvars import copy_context

from sqlalchemy import update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from wxchannels.database import open_engine, transactions, writing
from wxchannels.intake.directory import Directory
from wxchannels.intake.parking import park
from wxchannels.ledger import inbox
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.inbox import Delivery
from wxchannels.models import Account, RawPush

log = logging.getLogger(__name__)

MAX_BATCH = 64
#: One connection commits, the others read accounts and answer `can_store`.
POOL_SIZE = 4


class NotStoredError(Exception):
    """The push could not be stored in time: WeChat has to send it again."""


class _Waiting:
    """A delivery on its way to a commit, and who waits for it."""

    def __init__(self, account_id: int, delivery: Delivery) -> None:
        self.account_id = account_id
        self.delivery = delivery
        self.answer: Future[Answer] = Future()


class Committer:
    """Commits the pushes of this process to one database."""

    def __init__(
        self,
        url: str,
        *,
        erase_on_unfollow: bool,
        deadline: float,
    ) -> None:
        self.engine = open_engine(url, pool_size=POOL_SIZE)
        self.directory = Directory(self.engine)
        self._erase = erase_on_unfollow
        self._deadline = deadline
        self._queue: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._pid = 0

    def submit(self, account_id: int, delivery: Delivery) -> Answer:
        """Return the answer once the push is stored, or raise NotStoredError."""
        self._start()
        waiting = _Waiting(account_id, delivery)
        self._queue.put(waiting)
        try:
            return waiting.answer.result(timeout=self._deadline)
        except FutureTimeoutError:
            raise NotStoredError("the database did not answer in time") from None

    def can_store(self) -> bool:
        """Say whether the database takes writes at this moment."""
        # Changes no row, and fails wherever a push would: no tables, or read-only.
        nothing = update(RawPush).where(RawPush.id < 0).values(error=None)
        try:
            with transactions(write=True), self.engine.connect() as connection:
                connection.execute(nothing)
        except SQLAlchemyError:
            return False
        return True

    def _start(self) -> None:
        """Start the thread in this process; a forked server begins without one."""
        if self._pid == os.getpid():
            return
        with self._starting:
            if self._pid != os.getpid():
                # A daemon, so that a server which is told to stop does not wait for it.
                thread = threading.Thread(
                    target=copy_context().run, args=(self._run,), daemon=True
                )
                thread.start()
                self._pid = os.getpid()

    def _run(self) -> None:
        writing.set(True)
        while True:
            batch = [self._queue.get()]
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get())
            self._commit(batch)

    def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            answers = self._store(batch)
        except Exception as error:  # noqa: BLE001 - the thread's edge: it must go on
            if len(batch) > 1:
                # Each alone, so that one which breaks holds up no other.
                for waiting in batch:
                    self._commit([waiting])
            else:
                self._give_up(batch[0], error)
            return
        for waiting, answer in zip(batch, answers, strict=True):
            waiting.answer.set_result(answer)

    def _give_up(self, waiting: _Waiting, error: Exception) -> None:
        """Let WeChat send again what the database could not take; park the rest."""
        if isinstance(error, OperationalError | InterfaceError | PoolTimeoutError):
            log.warning("push not stored: %s", type(error).__name__)
            waiting.answer.set_exception(NotStoredError(type(error).__name__))
        else:
            self._park(waiting, error)

    def _store(self, batch: Sequence[_Waiting]) -> list[Answer]:
        by_account: dict[int, list[_Waiting]] = defaultdict(list)
        for waiting in batch:
            by_account[waiting.account_id].append(waiting)
        answers: dict[int, Answer] = {}
        with Session(self.engine, expire_on_commit=False) as session:
            for account_id in sorted(by_account):
                mine = by_account[account_id]
                account = session.get_one(Account, account_id)
                deliveries = [waiting.delivery for waiting in mine]
                received = inbox.receive(
                    session, account, deliveries, erase=self._erase
                )
                answers.update(zip(map(id, mine), received, strict=True))
            session.commit()
        return [answers[id(waiting)] for waiting in batch]

    def _park(self, waiting: _Waiting, error: Exception) -> None:
        """Keep a push that breaks its handler where a person sees it."""
        log.error("push parked: %s", type(error).__name__)
        try:
            with Session(self.engine) as session:
                park(session, waiting.account_id, waiting.delivery, error)
                session.commit()
        except SQLAlchemyError as failure:
            waiting.answer.set_exception(NotStoredError(type(failure).__name__))
            return
        waiting.answer.set_result(Answer())
