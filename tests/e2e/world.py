"""The product and the simulated WeChat, connected: what every test plays with."""

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from flask import Flask

from tests import factories
from tests.e2e.servers import Served
from wxchannels.sandbox.remote import Sandbox

SECRET = "0123456789abcdef0123456789abcdef"
#: A busy machine must not fail a test: WeChat is more patient here than it is.
PATIENCE = {"cutoff_seconds": 30, "tries": 8, "retry_pause_seconds": 0.5}
Json = dict[str, Any]

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Program:
    """A program of the customer's: it knows an address and a key."""

    url: str
    key: str
    session: requests.Session

    def get(self, path: str, **query: object) -> Json:
        return self._answer(self._ask("GET", path, params=query), 200)

    def post(self, path: str, body: Mapping[str, object]) -> Json:
        return self._answer(self._ask("POST", path, json=body), 201)

    def refused(self, path: str, body: Mapping[str, object], status: int) -> str:
        """Send what must be refused and return the sentence that says why."""
        problem = self._answer(self._ask("POST", path, json=body), status)
        assert problem["code"] == status
        return str(problem["message"])

    def _ask(self, verb: str, path: str, **more: Any) -> requests.Response:  # noqa: ANN401 - as requests takes them
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": "en"}
        url = f"{self.url}/api/v1{path}"
        return self.session.request(verb, url, headers=headers, timeout=30, **more)

    @staticmethod
    def _answer(answer: requests.Response, status: int) -> Json:
        assert answer.status_code == status, answer.text
        return dict(answer.json())


@dataclass(frozen=True)
class Connected:
    """An official account that the product and the simulated WeChat both know."""

    slug: str
    sandbox: Sandbox
    program: Program

    def channel(self, name: str, **fields: object) -> int:
        """Open a channel over the API."""
        return int(self.program.post("/channels", {"name": name, **fields})["id"])

    def code(self, channel_id: int, **asked: object) -> Json:
        """Have a code made over the API."""
        body = {"lifetime": "permanent", **asked}
        return self.program.post(f"/channels/{channel_id}/qrcodes", body)


def _verify(sandbox: Sandbox) -> None:
    """Press the console's button; the product looks for new accounts twice a second."""
    for _ in range(5):
        if sandbox.verify_callback():
            return
        time.sleep(0.6)
    raise AssertionError("the callback was not verified")


class World:
    """Both servers. Every test gets an account of its own."""

    def __init__(self, product: Served, sandbox_url: str, commands: Flask) -> None:
        self.product = product
        self.sandbox_url = sandbox_url
        self._commands = commands

    def connect(self, mode: str = "plain", form: str = "xml") -> Connected:
        """Connect an account as an operator does, and WeChat's console after it."""
        number = next(_numbers)
        slug, app_id = f"tea{number}", f"wx{number:016x}"
        original_id = f"gh_{number:012x}"
        self._add_account(slug, app_id, original_id, mode)
        sandbox = Sandbox(self.sandbox_url, app_id)
        sandbox.open_account(
            secret=SECRET,
            original_id=original_id,
            name="半亩茶",
            token=factories.TOKEN,
            aes_key=factories.AES_KEY,
            mode=mode,
            format=form,
            rules=PATIENCE,
            callback_url=f"{self.product.url}/weixin/{slug}",
            product_url=self.product.url,
        )
        _verify(sandbox)
        key = self.run("api-keys", "add", "--account", slug, "--name", "CRM").strip()
        program = Program(self.product.url, key, sandbox.session)
        return Connected(slug, sandbox, program)

    @staticmethod
    def run_in_the_past(account: Connected, ago: timedelta) -> None:
        """Let WeChat's clock run `ago` behind: moved on, it is not ahead of ours."""
        account.sandbox.clock(set=(datetime.now(UTC) - ago).isoformat())

    def admit(self, email: str, role: str = "admin") -> None:
        """Admit somebody who signs in with `factories.PASSWORD`."""
        self.run("users", "add", email, "--role", role)

    def run(self, *command: str) -> str:
        """Run an operator command and return what it printed."""
        secrets: Mapping[str, str] = {
            "WXCHANNELS_APP_SECRET": SECRET,
            "WXCHANNELS_PASSWORD": factories.PASSWORD,
        }
        runner = self._commands.test_cli_runner()
        result = runner.invoke(args=command, env=secrets)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def _add_account(self, slug: str, app_id: str, original: str, mode: str) -> None:
        options = {
            "--slug": slug,
            "--name": "半亩茶",
            "--app-id": app_id,
            "--original-id": original,
            "--token": factories.TOKEN,
            "--mode": mode,
            "--aes-key": factories.AES_KEY,
        }
        words = [word for pair in options.items() for word in pair]
        self.run("accounts", "add", *words)


Connect = Callable[..., Connected]
