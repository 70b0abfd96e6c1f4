import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from flask.testing import FlaskCliRunner

from wxchannels.sandbox.remote import Sandbox

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the sandbox did not start")


def test_sandbox_answers_and_remembers(
    settings: dict[str, str], tmp_path: Path
) -> None:
    port, state = free_port(), tmp_path / "state.json"
    command = ["-m", "flask", "--app", "wsgi", "sandbox", "run", "--port", str(port)]
    with subprocess.Popen(
        [sys.executable, *command, "--state", str(state)],
        cwd=ROOT,
        env={**os.environ, **settings},
    ) as process:
        wait_for(port, process)
        sandbox = Sandbox(f"http://127.0.0.1:{port}", "wx1")
        sandbox.open_account(name="半亩茶")
        sandbox.session.close()

        process.send_signal(signal.SIGTERM)
        code = process.wait(30)

    assert code == 0
    assert "wx1" in state.read_text()


def test_port_has_to_be_one(cli: FlaskCliRunner) -> None:
    assert cli.invoke(args=["sandbox", "run", "--port", "0"]).exit_code == 2
