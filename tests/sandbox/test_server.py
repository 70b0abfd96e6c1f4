import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.sandbox.platform import APP_ID
from tests.sandbox.receiver import Receiver
from wxchannels.sandbox.remote import Sandbox

#: At a terminal, even where the tests run in the background, which ignores Ctrl-C.
PROGRAM = """
import signal
import sys
from pathlib import Path
from wxchannels.sandbox.app import create_sandbox
from wxchannels.sandbox.server import serve
signal.signal(signal.SIGINT, signal.default_int_handler)
serve(create_sandbox(state_file=Path(sys.argv[2])), "127.0.0.1", int(sys.argv[1]))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(url: str) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        try:
            requests.get(f"{url}/sandbox/api/clock", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the sandbox did not start")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_state_is_saved_when_the_server_is_stopped(
    tmp_path: Path, how: signal.Signals
) -> None:
    state_file, port = tmp_path / "state.json", free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port), str(state_file)],
        stderr=subprocess.PIPE,
    )
    url = f"http://127.0.0.1:{port}"
    wait_until_it_answers(url)
    Sandbox(url, APP_ID).open_account(name="kept")

    server.send_signal(how)
    _, errors = server.communicate(timeout=10)

    assert server.returncode == 0
    assert errors == b""
    assert "kept" in state_file.read_text(encoding="utf-8")


def test_late_push_needs_nobody_to_ask_for_it(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.clock(go=True)
    sandbox.mischief(late_seconds=1)

    sandbox.follow("anna")

    assert receiver.requests == []
    ends = time.monotonic() + 5
    while not receiver.requests and time.monotonic() < ends:
        time.sleep(0.05)
    assert len(receiver.requests) == 1
