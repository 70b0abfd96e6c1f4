"""The example of the documentation, started as the documentation says."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.servers import free_port
from wxchannels.webhooks.posting import Failure, Outcome, post
from wxchannels.webhooks.signing import headers_for, new_secret

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


def test_example_receives_what_is_signed_with_its_secret() -> None:
    secret, port = new_secret(), free_port()
    body = json.dumps(
        {
            "id": "push-1",
            "type": "follow",
            "created_at": "2026-03-02T04:00:00Z",
            "channel": "静安寺店",
        }
    ).encode()
    example = subprocess.Popen(
        [sys.executable, "examples/receive_webhooks.py", str(port)],
        cwd=ROOT,
        env={**os.environ, "WEBHOOK_SECRET": secret, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    outcomes = [send_when_up(port, secret, body) for _ in range(2)]
    example.terminate()
    said, _ = example.communicate(timeout=10)

    assert [one.status for one in outcomes] == [204, 204]
    assert said.splitlines() == ["2026-03-02T04:00:00Z follow 静安寺店"]


def send_when_up(port: int, secret: str, body: bytes) -> Outcome:
    deadline = time.monotonic() + START_SECONDS
    while True:
        headers = headers_for([secret], "push-1", int(time.time()), body)
        url = f"http://127.0.0.1:{port}/"
        outcome = post(url, body, headers, allowed={"127.0.0.1"})
        if outcome.failure is not Failure.UNREACHABLE or time.monotonic() > deadline:
            return outcome
        time.sleep(0.05)
