"""An account's server on loopback that answers as it is told."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.serving import WSGIRequestHandler, make_server


@dataclass(frozen=True)
class Request:
    verb: str
    query: dict[str, str]
    body: bytes
    content_type: str
    began_at: float


Answer = tuple[int, bytes]
Script = Callable[[Request], Answer]


def success(_request: Request) -> Answer:
    return 200, b"success"


def echo(request: Request) -> Answer:
    return 200, request.query["echostr"].encode()


def say(body: bytes | str, status: int = 200) -> Script:
    encoded = body.encode() if isinstance(body, str) else body
    return lambda _request: (status, encoded)


def slowly(seconds: float) -> Script:
    def answer(_request: Request) -> Answer:
        time.sleep(seconds)
        return 200, b"success"

    return answer


@dataclass
class Receiver:
    """What came, and how the next requests are answered; the last way stays."""

    url: str = ""
    script: list[Script] = field(default_factory=lambda: [success])
    requests: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, *script: Script) -> None:
        self.script = list(script)

    def take(self, request: Request) -> Script:
        with self.lock:
            self.requests.append(request)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        request = Request(
            environ["REQUEST_METHOD"],
            dict(parse_qsl(environ["QUERY_STRING"])),
            environ["wsgi.input"].read(length),
            environ.get("CONTENT_TYPE", ""),
            time.monotonic(),
        )
        status, body = self.take(request)(request)
        start_response(f"{status} X", [("Content-Length", str(len(body)))])
        return [body]


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()
    server = make_server("127.0.0.1", 0, receiver, threaded=True, request_handler=Quiet)
    receiver.url = f"http://127.0.0.1:{server.server_port}/weixin/tea"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
