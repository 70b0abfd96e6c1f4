"""A client of the sandbox's control API, for tests and the demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from wxchannels.sandbox.results import (
    Code,
    Delivery,
    Outcome,
    Played,
    read_code,
    read_delivery,
)

TIMEOUT_SECONDS = 600.0


class SandboxRefusedError(Exception):
    """The sandbox could not do what it was asked; the message says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")


@dataclass(frozen=True)
class Sandbox:
    """A sandbox somewhere, and one of its accounts."""

    base_url: str
    app_id: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    # The account and the people.

    def open_account(self, **settings: object) -> None:
        """Open the account, or change these settings of it."""
        self._ask("PUT", self._account(), settings)

    def account(self) -> Mapping[str, Any]:
        """Return the account's settings and a few numbers."""
        return self._mapping("GET", self._account())

    def verify_callback(self) -> bool:
        """Press the console's submit button: say whether the server echoed."""
        return bool(self._mapping("POST", f"{self._account()}/verify")["passed"])

    def name_person(self, person: str, name: str, openid: str | None = None) -> None:
        """Put a person on the phone page, perhaps with a chosen openid."""
        chosen = {"openids": {self.app_id: openid}} if openid else {}
        body = {"name": name, "is_on_phone": True, **chosen}
        self._ask("PUT", f"/people/{person}", body)

    def person(self, person: str) -> Mapping[str, Any]:
        """Return a person's openid, follows and chat."""
        return self._mapping("GET", f"{self._account()}/people/{person}")

    def name_scenes(self, names: Mapping[str, str]) -> None:
        """Tell the phone page what the scenes are called."""
        self._ask("PUT", f"{self._account()}/scene-names", dict(names))

    def codes(self) -> Sequence[Code]:
        """Return every code of the account, the oldest first."""
        return [read_code(one) for one in self._ask("GET", f"{self._account()}/codes")]

    def issue_code(self, scene: str | int, *, expire_seconds: int = 0) -> Code:
        """Issue a code behind the product's back; permanent without a validity."""
        kind = "STR_SCENE" if isinstance(scene, str) else "SCENE"
        field_name = "scene_str" if isinstance(scene, str) else "scene_id"
        body: dict[str, object] = {
            "action_name": f"QR_{kind}" if expire_seconds else f"QR_LIMIT_{kind}",
            "action_info": {"scene": {field_name: scene}},
        }
        if expire_seconds:
            body["expire_seconds"] = expire_seconds
        return read_code(self._mapping("POST", f"{self._account()}/codes", body))

    def make_menu(self, *buttons: Mapping[str, object]) -> None:
        """Make a menu in the console, in place of the one there is."""
        body = {"button": [dict(button) for button in buttons]}
        self._ask("PUT", f"{self._account()}/console-menu", body)

    def gather_crowd(self, count: int, at: int | str | None = None) -> None:
        """Let so many strangers follow without a push."""
        self._ask("POST", f"{self._account()}/crowd", {"count": count, "at": at})

    # What people do. Every one of these takes `at=` and `silent=`.

    def scan(self, person: str, code: str, **details: object) -> Outcome:
        """Scan a code by ticket, address or scene: `then_follow`, `wait_seconds`."""
        return self.do(person, "scan", code=code, **details)

    def follow(self, person: str, code: str = "", **details: object) -> Outcome:
        """Follow, through a code or not: `payment`, `lose_scene`."""
        return self.do(person, "follow", code=code, **details)

    def unfollow(self, person: str, **details: object) -> Outcome:
        """Stop following."""
        return self.do(person, "unfollow", **details)

    def message(self, person: str, text: str, **details: object) -> Outcome:
        """Write to the account."""
        return self.do(person, "message", text=text, **details)

    def press(self, person: str, button: str, **details: object) -> Outcome:
        """Press the menu's button of this name."""
        return self.do(person, "press", button=button, **details)

    def push(
        self, person: str, fields: Mapping[str, object], **details: object
    ) -> Outcome:
        """Have any fields pushed in the person's name."""
        return self.do(person, "push", fields=dict(fields), **details)

    def do(self, person: str, action: str, **details: object) -> Outcome:
        """Let a person do something."""
        path = f"{self._account()}/people/{person}/{action}"
        answer = self._mapping("POST", path, details)
        delivery = answer["delivery"]
        return Outcome(answer["result"], read_delivery(delivery) if delivery else None)

    def authorize(self, person: str, address: str, *, agrees: bool = True) -> str:
        """Open the authorization page as a person; return where it leads back to."""
        page = address.partition("#")[0]
        answer = self.session.get(
            f"{page}&person={person}&answer={'yes' if agrees else 'no'}",
            allow_redirects=False,
            timeout=TIMEOUT_SECONDS,
        )
        if answer.status_code != requests.codes.found:
            raise SandboxRefusedError(answer.status_code, answer.text)
        return answer.headers["Location"]

    def play(self, steps: Sequence[Mapping[str, object]], **travel: object) -> Played:
        """Play a story: `threads`, `copies`, `order`, `seed` say how pushes travel."""
        body = {"steps": [dict(step) for step in steps], **travel}
        return Played(**self._mapping("POST", f"{self._account()}/script", body))

    # Trouble.

    def fault(self, path: str, kind: str = "errcode", **details: object) -> None:
        """Let calls of `path` go wrong: `code`, `seconds`, `times` (None: always)."""
        body = {"path": path, "kind": kind, **details}
        self._ask("POST", f"{self._account()}/faults", body)

    def remove_faults(self) -> None:
        """Let the API work again."""
        self._ask("DELETE", f"{self._account()}/faults")

    def mischief(self, **settings: object) -> None:
        """Change how pushes travel."""
        self._ask("PATCH", f"{self._account()}/mischief", settings)

    def release(self, order: str = "sent", seed: int = 0) -> Sequence[Delivery]:
        """Send what was kept back: sent, reversed or shuffled."""
        body = {"order": order, "seed": seed}
        answer = self._ask("POST", f"{self._account()}/release", body)
        return [read_delivery(one) for one in answer]

    def steal_token(self) -> None:
        """Make the account's tokens useless."""
        self._ask("POST", f"{self._account()}/steal-token")

    # Looking.

    def calls(self) -> Mapping[str, int]:
        """Return how often each path of the API was called."""
        return self._mapping("GET", f"{self._account()}/calls")

    def forget_calls(self) -> None:
        """Count from zero."""
        self._ask("DELETE", f"{self._account()}/calls")

    def log(self, after: int = 0, person: str | None = None) -> Sequence[Delivery]:
        """Return what was pushed, the oldest first."""
        query = f"?after={after}" + (f"&person={person}" if person else "")
        answer = self._ask("GET", f"{self._account()}/log{query}")
        return [read_delivery(one) for one in answer]

    def clock(self, **move: object) -> int:
        """Return the time in seconds, after `advance`, `set`, `stop` or `go`."""
        answer = self._mapping("POST" if move else "GET", "/clock", move or None)
        return int(answer["seconds"])

    def reset(self) -> None:
        """Forget every account and person."""
        self._ask("POST", "/reset")

    def _account(self) -> str:
        return f"/accounts/{self.app_id}"

    def _mapping(
        self, verb: str, path: str, body: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        return dict(self._ask(verb, path, body))

    def _ask(
        self, verb: str, path: str, body: Mapping[str, object] | None = None
    ) -> Any:  # noqa: ANN401 - JSON
        """Make one request; a refusal is raised with the sandbox's own words."""
        url = f"{self.base_url}/sandbox/api{path}"
        answer = self.session.request(verb, url, json=body, timeout=TIMEOUT_SECONDS)
        if not answer.ok:
            raise SandboxRefusedError(answer.status_code, answer.text)
        return answer.json()
