"""A PostgreSQL of the tests' own: it may be stopped, restarted and frozen."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.e2e.servers import START_SECONDS, free_port

#: PostgreSQL refuses to run as root.
USER = "postgres"


class Cluster:
    """A server with its own files and port."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._log = (folder / "log").open("ab")
        self.port = free_port()
        self._run("initdb", "-D", self._files, "-U", USER, "--auth=trust", "--no-sync")
        self._server = self._start()

    def url(self, database: str, port: int | None = None) -> str:
        """Return the address of `database`, maybe behind a proxy's `port`."""
        return f"postgresql://{USER}@127.0.0.1:{port or self.port}/{database}"

    def create(self, database: str) -> None:
        """Make an empty database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: sessions are thrown out, with SIGQUIT as in a crash."""
        self._server.send_signal(how)
        self._server.wait(timeout=START_SECONDS)

    def start(self) -> None:
        """Run it again, and wait until it answers."""
        self._server = self._start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop all of its processes in the middle of whatever they do."""
        processes = [self._server.pid, *_children(self._server.pid)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def close(self) -> None:
        """End it for good."""
        if self._server.poll() is None:
            self.stop(signal.SIGQUIT)
        self._log.close()

    @property
    def _files(self) -> str:
        return str(self._folder / "data")

    def _start(self) -> "subprocess.Popen[bytes]":
        where = ["-D", self._files, "-p", str(self.port), "-k", str(self._folder)]
        server = subprocess.Popen(
            [self._programs / "postgres", *where, "-h", "127.0.0.1"],
            stdout=self._log,
            stderr=self._log,
            cwd=self._folder,
            user=_user(),
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return server
        raise AssertionError((self._folder / "log").read_text(errors="replace"))

    def _run(self, program: str, *options: str) -> None:
        command = [str(self._programs / program), *options]
        subprocess.run(
            command, check=True, stdout=self._log, cwd=self._folder, user=_user()
        )


@contextmanager
def running() -> Iterator[Cluster]:
    """Give a cluster until the block ends, or skip where there is none to have."""
    programs = _programs()
    if not programs:
        pytest.skip("no PostgreSQL server is installed")
    # Not below pytest's own folder, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="wxchannels-faults-"))
    if (user := _user()) is not None:
        shutil.chown(folder, user)
    try:
        cluster = Cluster(programs[-1], folder)
        try:
            yield cluster
        finally:
            cluster.close()
    finally:
        shutil.rmtree(folder)


def _programs() -> Sequence[Path]:
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return sorted((path.parent for path in found), key=lambda p: float(p.parent.name))


def _user() -> str | None:
    """Return who the server runs as, where we may choose; None means ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(USER).pw_name
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and nobody is called postgres")


def _children(parent: int) -> Sequence[int]:
    path = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(process) for process in path.read_text().split()]
