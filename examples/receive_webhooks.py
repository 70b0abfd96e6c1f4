"""A receiver of webhooks in plain Python: verifies, answers at once, takes each once.

    WEBHOOK_SECRET=whsec_… python examples/receive_webhooks.py 8080

It needs nothing but Python 3.11. Copy `verify` into your own system, or take one of the
libraries of standardwebhooks.com: the signature is theirs.
"""

import base64
import binascii
import hmac
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Older messages may be somebody's recording.
TOLERANCE_SECONDS = 300
MAX_BYTES = 64 * 1024

Event = dict[str, Any]


class NotVerifiedError(Exception):
    """Whoever sent it does not know the secret, or it is an old recording."""


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, *, now: float
) -> Event:
    """Return the event that `body` holds once its signature is verified.

    `headers` are those of the request, by lower-case name; `now` is this moment.
    """
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit():
        raise NotVerifiedError("no timestamp")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise NotVerifiedError("too old, or from the future")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = hmac.digest(key, signed, "sha256")
    # While a secret is changed there are two signatures: one of them has to fit.
    given = headers.get("webhook-signature", "").split()
    if not any(hmac.compare_digest(_read(one), expected) for one in given):
        raise NotVerifiedError("no signature fits")
    event: Event = json.loads(body)
    return event


def _read(signature: str) -> bytes:
    version, _, text = signature.partition(",")
    try:
        return base64.b64decode(text, validate=True) if version == "v1" else b""
    except binascii.Error:
        return b""


class Receiver(ThreadingHTTPServer):
    """A server that hands each event on once."""

    def __init__(
        self,
        address: tuple[str, int],
        secret: str,
        take: Callable[[Event], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(address, Handler)
        self.secret, self.take, self.clock = secret, take, clock
        #: Keep these in your database, in the transaction that does the work.
        self.seen: set[str] = set()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Receiver

    def do_POST(self) -> None:
        """Take the event. Whatever is not 2xx is sent again later."""
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_BYTES:
            self._answer(413)
            return
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            event = verify(self.server.secret, headers, body, now=self.server.clock())
        except NotVerifiedError as error:
            self._answer(401, str(error))
            return
        if event["id"] not in self.server.seen:
            self.server.take(event)
            self.server.seen.add(event["id"])
        self._answer(204)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing: the event says more."""

    def _answer(self, status: int, text: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


def show(event: Event) -> None:
    """Print the event, where your system would do something."""
    where = event.get("channel") or event.get("row") or ""
    print(event["created_at"], event["type"], where, flush=True)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
    Receiver(("127.0.0.1", port), os.environ["WEBHOOK_SECRET"], show).serve_forever()
