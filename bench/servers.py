"""Servers under test: granian with one worker, each on the core it is given."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

THREADS = 16
START_SECONDS = 60
STOP_SECONDS = 15
TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).parent.parent
#: What the product runs in; the peers have one of their own.
PYTHON = Path(sys.executable)


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time that its processes have had so far."""
        return sum(_ticks(pid) for pid in self.processes()) / TICKS

    def processes(self) -> list[int]:
        """Return it and its workers."""
        parents = dict(_parents())
        return [pid for pid in parents if self.pid in _ancestry(pid, parents)]


@contextmanager
def serving(
    target: str,
    environment: Mapping[str, str],
    *,
    cores: str,
    workers: int = 1,
    python: Path = PYTHON,
) -> Iterator[Server]:
    """Serve `target` on `cores` (as taskset names them) until the end of the block."""
    port = free_port()
    command = ["taskset", "--cpu-list", cores]
    command += [str(python.with_name("granian")), "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    command += ["--workers", str(workers), "--blocking-threads", str(THREADS)]
    command += ["--workers-kill-timeout", "5", "--log-level", "error", target]
    process = subprocess.Popen(command, env=dict(environment), cwd=ROOT)
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=STOP_SECONDS)


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            raise SystemExit(f"the server ended at once: {process.args!r}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def _ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12])


def _stat(pid: int) -> list[str]:
    """Return the fields behind the process's name, which may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _parents() -> Iterator[tuple[int, int]]:
    """Give every process and its parent."""
    for folder in Path("/proc").glob("[0-9]*"):
        # It may end while we look.
        with suppress(OSError):
            yield int(folder.name), int(_stat(int(folder.name))[1])


def _ancestry(pid: int, parents: Mapping[int, int]) -> Iterator[int]:
    """Give the process, its parent, and so on."""
    while pid in parents:
        yield pid
        pid = parents[pid]
