"""B1: the intake with its full work, durable, against an empty Flask view.

The same server, threads and core; the load comes from the other core. Bounded: ends
by itself after about half a minute a database.
"""

import base64
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import load, pushes

SECONDS = 6.0
ROUNDS = 3
SERVER_CORE, LOAD_CORE = 0, 1
MUST = {"sqlite": 0.25, "postgresql": 0.20}


def main() -> None:
    """Print the ratio for each database."""
    with tempfile.TemporaryDirectory() as folder:
        urls = {"sqlite": f"sqlite:///{folder}/bench.sqlite3"}
        given = os.environ.get("BENCH_POSTGRESQL_URL")
        if given:
            urls["postgresql"] = given
        for name, url in urls.items():
            compare(name, settings(url, folder))


def compare(name: str, environment: dict[str, str]) -> None:
    """Measure floor and intake in turn and print the best of each and their ratio."""
    prepare(environment)
    floor, intake = [], []
    for _ in range(ROUNDS):
        floor.append(measure("bench.floor:app", environment))
        intake.append(measure("wsgi:app", environment))
    best_floor = max(floor, key=lambda result: result.rate)
    best = max(intake, key=lambda result: result.rate)
    print(
        f"B1 {name}: intake {best.rate:,.0f}/s, empty view {best_floor.rate:,.0f}/s, "
        f"ratio {best.rate / best_floor.rate:.2f} (must {MUST[name]:.2f}), "
        f"p99 {best.percentile(0.99):.0f} ms"
    )


def measure(target: str, environment: dict[str, str]) -> load.Result:
    """Return what one worker behind granian answered."""
    with serving(target, environment) as port:
        load.send(port, seconds=1, core=LOAD_CORE)
        return load.send(port, seconds=SECONDS, core=LOAD_CORE)


def settings(url: str, folder: str) -> dict[str, str]:
    """Return the product's environment for this run."""
    return {
        **os.environ,
        "WXCHANNELS_SECRET_KEY": secrets.token_urlsafe(48),
        "WXCHANNELS_DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "WXCHANNELS_BASE_URL": "http://127.0.0.1",
        "WXCHANNELS_DATABASE_URL": url,
        "WXCHANNELS_SPOOL_DIR": folder,
        "WXCHANNELS_APP_SECRET": secrets.token_hex(16),
    }


def prepare(environment: dict[str, str]) -> None:
    """Make the tables and an account."""
    account = ["accounts", "add", "--slug", "bench", "--name", "bench"]
    account += ["--app-id", "wxbench", "--original-id", "gh_bench"]
    account += ["--token", pushes.TOKEN, "--mode", "plain"]
    for command in (["db", "upgrade"], account):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            env=environment,
            check=True,
            capture_output=True,
        )


@contextmanager
def serving(target: str, environment: dict[str, str]) -> Iterator[int]:
    """Serve `target` with one worker on its own core."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = Path(sys.executable).with_name("granian")
    command = [
        "taskset",
        "--cpu-list",
        str(SERVER_CORE),
        str(granian),
        "--interface",
        "wsgi",
        "--port",
        str(port),
    ]
    command += ["--workers", "1", "--blocking-threads", "16", "--no-ws"]
    command += ["--log-level", "warning", target]
    server = subprocess.Popen(
        command,
        env=environment,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=15)


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


main()
