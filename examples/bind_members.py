"""Ties members of your own site to followers: a small client of the bindings API.

    WXCHANNELS_KEY=wxc_… python examples/bind_members.py \
        https://channels.example.com anna@shop

It needs `requests` and nothing else. In a site of your own, call `begin` for the member
who is signed in, send the browser to `page_url`, and ask `read` what became of it when
the browser comes back: never believe the browser.
"""

import os
import sys
import time
from typing import Any

import requests

Json = dict[str, Any]

#: As long as there is something to wait for.
OPEN = {"pending", "scanned"}
POLL_SECONDS = 1.5
TIMEOUT_SECONDS = 30


class RefusedError(Exception):
    """The API said no; its sentence says why and what to do."""


class Bindings:
    """The bindings of one official account, as a key of it sees them."""

    def __init__(self, url: str, key: str) -> None:
        self.url = f"{url.rstrip('/')}/api/v1/bindings"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"

    def begin(self, member: str, *, return_url: str | None = None) -> Json:
        """Return a new binding with what is to be shown: it is told only now."""
        body = {"member": member, "return_url": return_url}
        return self._ask("POST", self.url, body)

    def read(self, number: int) -> Json:
        """Return where the binding stands."""
        return self._ask("GET", f"{self.url}/{number}")

    def end(self, number: int) -> Json:
        """Cancel the code, or undo the binding; twice is once."""
        return self._ask("DELETE", f"{self.url}/{number}")

    def wait(self, number: int) -> Json:
        """Return the binding once nothing can become of its code any more."""
        while (binding := self.read(number))["state"] in OPEN:
            time.sleep(POLL_SECONDS)
        return binding

    def _ask(self, method: str, url: str, body: Json | None = None) -> Json:
        answer = self.session.request(method, url, json=body, timeout=TIMEOUT_SECONDS)
        said: Json = answer.json()
        if not answer.ok:
            raise RefusedError(said["message"])
        return said


def main(url: str, member: str) -> int:
    """Bind one member and say what came of it."""
    bindings = Bindings(url, os.environ["WXCHANNELS_KEY"])
    try:
        begun = bindings.begin(member)
        print(f"Open {begun['page_url']}")
        outcome = bindings.wait(begun["id"])
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{member}: {outcome['state']}")
    return 0 if outcome["state"] == "bound" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
