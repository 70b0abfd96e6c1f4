"""The product under both of its servers: they answer, and they end when told to."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import requests

from tests import factories, pushes
from tests.e2e import servers
from tests.e2e.servers import Served


@pytest.fixture(name="served", params=[servers.granian, servers.gunicorn])
def product(
    request: pytest.FixtureRequest, sandbox_url: str, tmp_path: Path
) -> Iterator[Served]:
    command: Callable[[int], Sequence[str]] = request.param
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    environment = servers.settings(tmp_path, url, sandbox_url)
    servers.run_flask(environment, "db", "upgrade")
    add_account(environment)
    log = tmp_path / "server.log"
    with servers.serving(command(port), url, environment, log) as served:
        yield served
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_server_answers_wechat_and_people_and_ends_when_told(served: Served) -> None:
    with requests.Session() as wechat:
        wechat.trust_env = False
        echo = wechat.get(served.url + pushes.signed(echostr="42"), timeout=30)
        push = pushes.subscribe("counter")
        stored = wechat.post(served.url + pushes.signed(), data=push, timeout=30)
        forged = wechat.post(f"{served.url}/weixin/main", data=push, timeout=30)
        page = wechat.get(f"{served.url}/", timeout=30)
        # The connection stays open meanwhile, as browsers and proxies keep theirs.
        seconds = served.stop()

    assert (echo.status_code, echo.text) == (200, "42")
    assert (stored.status_code, stored.text) == (200, "success")
    assert forged.status_code == 403
    assert (page.status_code, len(page.history)) == (200, 1)
    assert 'name="password"' in page.text
    assert seconds < servers.STOP_SECONDS
    counted = servers.run_flask(served.environment, "stats", "check")
    assert counted == "main: numbers and ledger agree\n"


def add_account(environment: dict[str, str]) -> None:
    options = {
        "--slug": "main",
        "--name": "半亩茶",
        "--app-id": factories.APP_ID,
        "--original-id": factories.ORIGINAL_ID,
        "--token": factories.TOKEN,
        "--mode": "plain",
    }
    words = [word for pair in options.items() for word in pair]
    secret = {"WXCHANNELS_APP_SECRET": "a secret"}
    servers.run_flask({**environment, **secret}, "accounts", "add", *words)
