"""Operator commands in processes of their own, to be watched, told to end and killed.

They are forked from one that has read our modules already and does nothing else: to
read them takes longer than most commands. A forked process is as real as any.
"""

import multiprocessing
import os
from collections.abc import Mapping
from pathlib import Path

from flask.cli import cli

ROOT = Path(__file__).parent.parent
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["config", "wxchannels.app", "wxchannels.worker.consumer"]
)


class Command:
    """A command that runs: what `subprocess.Popen` offers of it."""

    def __init__(
        self, environment: Mapping[str, str], *words: str, log: Path | None = None
    ) -> None:
        self._process = CONTEXT.Process(
            target=_run, args=(dict(environment), words, log), daemon=True
        )
        self._process.start()

    def poll(self) -> int | None:
        """Return how it ended, as `wait` does; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit code: minus the signal that killed it.

        Raises TimeoutError.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutError
        return self._process.exitcode

    def terminate(self) -> None:
        """Tell it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it where it stands."""
        self._process.kill()


def _run(environment: dict[str, str], words: tuple[str, ...], log: Path | None) -> None:
    """Do in the new process what `flask --app wsgi` does."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    if log:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, 1)
        os.dup2(file, 2)
    cli.main(["--app", "wsgi", *words])
