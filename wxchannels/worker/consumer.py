"""The worker's process: threads that do tasks, and a beat that finds what is due."""

import logging
import os
import socket
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event
from typing import Any

from flask import Flask
from huey.api import TaskWrapper
from huey.consumer import BaseProcess, Consumer
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.intake.spool import SpoolError
from wxchannels.intake.store import DatabaseAwayError
from wxchannels.models.outbox import WORKER_NAME_LENGTH
from wxchannels.outbox import leases, queue, standing
from wxchannels.webhooks.sending import list_unattended
from wxchannels.worker.daily import ensure_daily
from wxchannels.worker.jobs import JOBS
from wxchannels.worker.runner import run_task
from wxchannels.worker.waking import open_huey

log = logging.getLogger(__name__)

#: Threads wait for WeChat most of the time.
THREADS = 4
BEAT_SECONDS = 1.0
#: As many numbers are handed out at once; the next ones when these are taken.
HANDED_OUT = 100
#: How long work under way may go on after SIGTERM.
SHUTDOWN_SECONDS = 5
DAILY_SECONDS = 60.0
#: Servers drain their spool themselves, and at once.
DRAIN_SECONDS = 5.0
CLEAR_SECONDS = 3600.0
#: What Huey's storage raises: Redis, or a file on a disk.
QUEUE_ERRORS = (RedisError, sqlite3.Error, OSError)


def open_work(app: Flask) -> TaskWrapper:
    """Return what does a task by its number, called through the workers' queue."""

    def do(task_id: int) -> None:
        with app.app_context():
            run_task(task_id)

    huey = open_huey(app.config["REDIS_URL"], app.config["SPOOL_DIR"])
    return huey.task(name="do", retries=0)(do)


class Beat(BaseProcess):  # type: ignore[misc] # Huey has no types
    """Once a second: what is due is handed out, and the worker says that it lives."""

    process_name = "Beat"

    def __init__(self, app: Flask, do: TaskWrapper, stop_flag: Event) -> None:
        super().__init__(do.huey, stop_flag)
        self._app, self._do = app, do
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self._name = self._name[-WORKER_NAME_LENGTH:]
        self._next: dict[str, float] = {}
        self._trouble: dict[str, str] = {}

    def loop(self, now: None = None) -> None:
        """Beat once and wait for the next; what goes wrong is tried again then."""
        del now
        started = time.monotonic()
        # The worker's edge: it must go on.
        with self._say_once("the beat stumbled", Exception), self._app.app_context():
            self.beat()
        self.sleep_for_interval(started, BEAT_SECONDS)

    def beat(self) -> None:
        """Do what is to be done each second, inside an app context."""
        session = db.session()
        if self._is_time("see", standing.BEAT.total_seconds()):
            with transactions(write=True):
                standing.see_worker(session, self._name, now=clock.utcnow())
                session.commit()
        if self._is_time("drain", DRAIN_SECONDS):
            self._drain()
        if self._is_time("clear", CLEAR_SECONDS):
            self._clear_spool()
        if self._is_time("daily", DAILY_SECONDS):
            with transactions(write=True):
                ensure_daily(session, now=clock.utcnow())
                session.commit()
        self._wake_webhooks()
        due = leases.list_due(session, list(JOBS), limit=HANDED_OUT, now=clock.utcnow())
        session.rollback()
        self._hand_out(list(due))

    def shutdown(self) -> None:
        """Let nobody wait for this worker."""
        with (
            suppress(SQLAlchemyError, OSError),
            self._app.app_context(),
            transactions(write=True),
        ):
            standing.dismiss_worker(db.session(), self._name)
            db.session.commit()

    def _wake_webhooks(self) -> None:
        """Have what waits for other systems sent, where nobody does."""
        session = db.session()
        waiting = list_unattended(session, at=clock.utcnow())
        session.rollback()
        if waiting:
            with transactions(write=True):
                queue.add_tasks(session, waiting)
                session.commit()

    def _drain(self) -> None:
        """Bring home what a server of this host left in its spool when it ended."""
        with self._say_once("spool not drained", DatabaseAwayError, SpoolError):
            self._app.extensions["intake"].drain()

    def _clear_spool(self) -> None:
        """End what this host set aside and kept as long as any raw push."""
        kept = timedelta(days=self._app.config["RAW_RETENTION_DAYS"])
        with self._say_once("spool not cleared", SpoolError):
            self._app.extensions["intake"].end_quarantine(clock.utcnow() - kept)

    def _hand_out(self, due: list[int]) -> None:
        by_hand = due[:1]
        with self._say_once("the queue does not answer", *QUEUE_ERRORS):
            # What was handed out before is taken first. Twice would do no harm.
            if due and not self.huey.pending_count():
                for task_id in due:
                    self._do(task_id)
            by_hand = []
        # Without it the rows are enough to go on, one after the other.
        for task_id in by_hand:
            self._do.call_local(task_id)

    @contextmanager
    def _say_once(self, what: str, *errors: type[Exception]) -> Iterator[None]:
        """Go on after `errors`, said once until it is well again or another comes."""
        try:
            yield
        except errors as error:
            name = type(error).__name__
            if self._trouble.get(what) != name:
                log.warning("%s: %s", what, name)
            self._trouble[what] = name
        else:
            self._trouble.pop(what, None)

    def _is_time(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._next.get(what, 0.0):
            return False
        self._next[what] = now + seconds
        return True


class WorkerConsumer(Consumer):  # type: ignore[misc] # Huey has no types
    """Huey's consumer with our beat in place of its scheduler."""

    def __init__(self, app: Flask, do: TaskWrapper, **options: Any) -> None:  # noqa: ANN401 - Huey's
        self._app, self._do = app, do
        super().__init__(do.huey, **options)

    def _create_scheduler(self) -> Beat:
        return Beat(self._app, self._do, self.stop_flag)


def run_worker(app: Flask, *, threads: int = THREADS) -> None:
    """Work until SIGTERM or SIGINT, in the main thread of this process."""
    for name in ("huey", "huey.consumer", "huey.consumer.Worker"):
        logging.getLogger(name).addFilter(_shorten)
    consumer = WorkerConsumer(
        app,
        open_work(app),
        workers=threads,
        max_delay=BEAT_SECONDS,
        graceful_signal="TERM",
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    consumer.run()


def _shorten(record: logging.LogRecord) -> bool:
    """Say what went wrong in one line, without what it went wrong with."""
    if record.exc_info and record.exc_info[0]:
        record.msg = f"{record.msg} ({record.exc_info[0].__name__})"
        record.exc_info = None
    return True
