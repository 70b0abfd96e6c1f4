"""The customer's receiver: that of the examples, which can also be in a bad mood."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from examples.receive_webhooks import Event, Handler, Receiver
from wxchannels import clock


class Customer(Receiver):
    """Verifies and keeps what it is told; a mood answers in its place."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.mood: Callable[[MoodyHandler], None] | None = None
        #: As requests came, whatever became of them.
        self.requests: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), "", self.events.append, _now)
        self.RequestHandlerClass = MoodyHandler
        self.port = self.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=t"

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


class MoodyHandler(Handler):
    server: Customer

    def do_POST(self) -> None:  # noqa: N802 - http.server calls it
        self.server.requests.append({k.lower(): v for k, v in self.headers.items()})
        if self.server.mood is None:
            super().do_POST()
            return
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.mood(self)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            # Nobody reads all of a long one.
            self.wfile.write(body)


def refusing(status: int, body: bytes = b"", **headers: str) -> Callable[..., None]:
    return lambda handler: handler.say(status, body, **headers)


def dripping(handler: MoodyHandler) -> None:
    """Answer a letter at a time, each long before a socket's time-out."""
    for letter in b"HTTP/1.1 200 OK and so on and so on and so on":
        try:
            handler.wfile.write(bytes([letter]))
        except OSError:
            return
        time.sleep(0.02)


@contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[Customer]:
    """Run a receiver on loopback."""
    customer = Customer()
    if tls is not None:
        customer.socket = tls.wrap_socket(customer.socket, server_side=True)
    thread = threading.Thread(target=customer.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield customer
    finally:
        customer.shutdown()
        thread.join()
        customer.server_close()


def _now() -> float:
    return clock.utcnow().timestamp()
