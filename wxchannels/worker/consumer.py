"""The worker's process: threads that do tasks, and a beat that finds what is due."""

import logging
import os
import socket
import time
import uuid
from contextlib import suppress
from threading import Event
from typing import Any

from flask import Flask
from huey import Huey
from huey.consumer import BaseProcess, Consumer
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.intake.spool import SpoolError
from wxchannels.intake.store import DatabaseAwayError
from wxchannels.models.outbox import WORKER_NAME_LENGTH
from wxchannels.outbox import queue, standing
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


class Beat(BaseProcess):  # type: ignore[misc] # Huey has no types
    """Once a second: what is due is handed out, and the worker says that it lives."""

    process_name = "Beat"

    def __init__(self, app: Flask, huey: Huey, stop_flag: Event) -> None:
        super().__init__(huey, stop_flag)
        self._app = app
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self._name = self._name[-WORKER_NAME_LENGTH:]
        self._next: dict[str, float] = {}
        self._do = huey.task(name="do", retries=0)(self._run)

    def loop(self, now: None = None) -> None:
        """Beat once and wait for the next; what goes wrong is tried again then."""
        del now
        started = time.monotonic()
        with self._app.app_context():
            try:
                self.beat()
            except SQLAlchemyError as error:
                log.warning("the database does not answer: %s", type(error).__name__)
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
        if self._is_time("daily", DAILY_SECONDS):
            with transactions(write=True):
                ensure_daily(session, now=clock.utcnow())
                session.commit()
        due = queue.list_due(session, list(JOBS), limit=HANDED_OUT, now=clock.utcnow())
        session.rollback()
        self._hand_out(list(due))

    def shutdown(self) -> None:
        """Let nobody wait for this worker."""
        with (
            suppress(SQLAlchemyError),
            self._app.app_context(),
            transactions(write=True),
        ):
            standing.dismiss_worker(db.session(), self._name)
            db.session.commit()

    def _drain(self) -> None:
        """Bring home what a server of this host left in its spool when it ended."""
        try:
            self._app.extensions["intake"].drain()
        except (DatabaseAwayError, SpoolError) as error:
            log.warning("spool not drained: %s", type(error).__name__)

    def _hand_out(self, due: list[int]) -> None:
        try:
            # What was handed out before is taken first. Twice would do no harm.
            if due and not self.huey.pending_count():
                for task_id in due:
                    self._do(task_id)
        except RedisError as error:
            log.warning("Redis does not answer: %s", type(error).__name__)
            # The rows are enough to go on, one after the other.
            for task_id in due[:1]:
                self._run(task_id)

    def _run(self, task_id: int) -> None:
        with self._app.app_context():
            run_task(task_id)

    def _is_time(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._next.get(what, 0.0):
            return False
        self._next[what] = now + seconds
        return True


class WorkerConsumer(Consumer):  # type: ignore[misc] # Huey has no types
    """Huey's consumer with our beat in place of its scheduler."""

    def __init__(self, app: Flask, huey: Huey, **options: Any) -> None:  # noqa: ANN401 - Huey's
        self._app = app
        super().__init__(huey, **options)

    def _create_scheduler(self) -> Beat:
        return Beat(self._app, self.huey, self.stop_flag)


def run_worker(app: Flask, *, threads: int = THREADS) -> None:
    """Work until SIGTERM or SIGINT, in the main thread of this process."""
    huey = open_huey(app.config["REDIS_URL"], app.config["SPOOL_DIR"])
    for name in ("huey", "huey.consumer", "huey.consumer.Worker"):
        logging.getLogger(name).addFilter(_shorten)
    consumer = WorkerConsumer(
        app,
        huey,
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
