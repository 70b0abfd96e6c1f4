"""The demo's processes: started together, ended together."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import requests

from wxchannels.demo.settings import ROOT, DemoError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_SECONDS = 60.0
POLL_SECONDS = 0.05
#: A server that was told to stop ends within ten seconds.
STOP_SECONDS = 10.0


class Stopped(BaseException):
    """Somebody asked the demo to end."""


class Processes:
    """Child processes that end when the block ends, whatever ends it."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = dict(environment)
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            signal.signal(number, _stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the processes. Who is impatient meanwhile is not heard."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()

    def start(self, name: str, module: str, *arguments: str) -> None:
        """Start a Python module; what it says goes into a file."""
        with self._log(name).open("wb") as output:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own programs
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches us alone, and we end them in order.
                start_new_session=True,
            )

    def wait_for(self, name: str, url: str) -> None:
        """Wait until `url` answers, or raise `DemoError` with what the process said."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._running[name].poll() is None:
            if answers(url):
                return
            time.sleep(POLL_SECONDS)
        self._give_up(name)

    def wait_for_end(self, name: str) -> None:
        """Wait until the process has done its work, or raise `DemoError`."""
        while name in self._running:
            for other in list(self._running):
                code = self._running[other].poll()
                if other == name and code == 0:
                    del self._running[name]
                elif code is not None:
                    self._give_up(other)
            time.sleep(POLL_SECONDS)

    def running(self) -> list[subprocess.Popen[bytes]]:
        """Return the processes that were started and not waited for."""
        return list(self._running.values())

    def wait(self) -> NoReturn:
        """Wait until a process ends by itself, which none should."""
        while True:
            for name, process in self._running.items():
                if process.poll() is not None:
                    self._give_up(name)
            time.sleep(0.5)

    def _give_up(self, name: str) -> NoReturn:
        said = self._log(name).read_text(encoding="utf-8", errors="replace")
        raise DemoError(f"{name} did not work. It said:\n{said}")

    def _log(self, name: str) -> Path:
        return self._logs / f"demo-{name.rsplit(maxsplit=1)[-1].lower()}.log"


def answers(url: str) -> bool:
    """Say whether somebody answers at `url`; a proxy of the shell is not asked."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=1).ok
        except requests.RequestException:
            return False


def _stop(_number: int, _frame: object) -> NoReturn:
    raise Stopped
