"""Calls of the simulated platform's API, as a stranger would make them."""

import json
from dataclasses import dataclass
from typing import Any

import requests

APP_ID = "wx0123456789abcdef"
SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "wxchannelsTOKEN1"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ORIGINAL_ID = "gh_0123456789ab"
IDENTITY = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}


@dataclass
class Platform:
    base_url: str

    def get(self, path: str, **query: str) -> requests.Response:
        return requests.get(f"{self.base_url}/cgi-bin/{path}", params=query, timeout=10)

    def post(self, path: str, body: object, **query: str) -> requests.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return requests.post(
            f"{self.base_url}/cgi-bin/{path}", data=raw, params=query, timeout=10
        )

    def ask(self, path: str, body: object = None, **query: str) -> dict[str, Any]:
        """Call with a good stable token and return what came back."""
        query = {"access_token": self.token()} | query
        answer = (
            self.get(path, **query) if body is None else self.post(path, body, **query)
        )
        assert answer.status_code == 200
        return dict(answer.json())

    def refused(self, path: str, body: object = None, **query: str) -> int:
        """Return the errcode of a refusal."""
        return int(self.ask(path, body, **query)["errcode"])

    def plain(self) -> dict[str, Any]:
        return dict(self.get("token", **IDENTITY).json())

    def stable(self, *, force: bool = False) -> dict[str, Any]:
        body = {**IDENTITY, "force_refresh": force}
        return dict(self.post("stable_token", body).json())

    def token(self) -> str:
        return str(self.stable()["access_token"])

    def is_good(self, token: str) -> bool:
        return "ip_list" in self.get("getcallbackip", access_token=token).json()

    def errcode(self, token: str) -> int:
        answer = self.get("getcallbackip", access_token=token).json()
        return int(answer["errcode"])
