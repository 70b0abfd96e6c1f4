"""The product under its production servers, as processes of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import create_engine, text

from config import Config
from tests.commands import Command
from wxchannels.app import create_app
from wxchannels.database import normal_url
from wxchannels.extensions import db

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
START_SECONDS = 60
#: The contract's: a server that is told to stop ends within it.
STOP_SECONDS = 10
PREFIX = "WXCHANNELS_"
SECRETS = {
    "SECRET_KEY": "a-secret-key-for-tests-only-0123456789",
    "DATA_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
}
#: Nothing of the developer's own shell or `.env` may reach the tests.
EMPTY = ("REDIS_URL", "TRUSTED_HOSTS", "PROXIES", "ERASE_ON_UNFOLLOW")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(folder: Path, url: str, sandbox_url: str) -> dict[str, str]:
    """Return the environment of a product that lives in `folder`."""
    values = {
        **dict.fromkeys(EMPTY, ""),
        **SECRETS,
        "DATABASE_URL": f"sqlite:///{folder / 'product.sqlite3'}",
        "SPOOL_DIR": str(folder / "spool"),
        "BASE_URL": url,
        "API_BASE": sandbox_url,
        "MP_BASE": sandbox_url,
        "OPEN_BASE": sandbox_url,
        "SANDBOX_URL": sandbox_url,
        "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1",
    }
    return {PREFIX + name: value for name, value in values.items()}


def granian(port: int) -> Sequence[str]:
    """Return how docs/operating.md says that granian serves us, with one worker."""
    where = ("--host", "127.0.0.1", "--port", str(port))
    how = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "16")
    end = ("--workers-kill-timeout", "7")
    return [str(BIN / "granian"), *how, *end, *where, "wsgi:app"]


def gunicorn(port: int) -> Sequence[str]:
    """Return how gunicorn serves us."""
    how = ("--workers", "2", "--threads", "8", "--bind", f"127.0.0.1:{port}")
    return [str(BIN / "gunicorn"), *how, "wsgi:app"]


@dataclass(frozen=True)
class Served:
    """A product that answers."""

    url: str
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes]"

    def stop(self) -> float:
        """Tell it to stop and return how many seconds that took."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(timeout=3 * STOP_SECONDS)
        return time.monotonic() - started


def run_flask(environment: Mapping[str, str], *command: str) -> str:
    """Run an operator command and return what it printed.

    In this process: to start one of its own takes longer than any command.
    """
    app = create_app(Config(environment))
    result = app.test_cli_runner().invoke(args=command, env=environment)
    with app.app_context():
        db.engine.dispose()
    app.extensions["intake"].close()
    app.extensions["metrics"].close()
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def run_sql(environment: Mapping[str, str], query: str) -> Sequence[Sequence[object]]:
    """Ask the product's database behind its back."""
    engine = create_engine(normal_url(environment[f"{PREFIX}DATABASE_URL"]))
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows


@contextmanager
def serving(
    command: Sequence[str], url: str, environment: Mapping[str, str], log: Path
) -> Iterator[Served]:
    """Serve until the block ends, whatever ends it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**shell(), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    served = Served(url, environment, log, process)
    try:
        _wait_for(served)
        yield served
    finally:
        if process.poll() is None:
            served.stop()


@contextmanager
def working(environment: Mapping[str, str], folder: Path) -> Iterator[None]:
    """Run a worker until the block ends."""
    log = folder / "workers.log"
    process = Command({**shell(), **environment}, "worker", log=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=3 * STOP_SECONDS)


def shell() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(PREFIX)
    }


def _wait_for(served: Served) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and served.process.poll() is None:
        if _answers(f"{served.url}/healthz"):
            return
        time.sleep(0.05)
    raise AssertionError(served.log.read_text(encoding="utf-8", errors="replace"))


def _answers(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=1).ok
        except requests.RequestException:
            return False
