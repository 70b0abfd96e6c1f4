"""A balancer as simple as can be: each request to the next host, and no second try."""

import http.client
import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.e2e import servers

#: What concerns one connection only.
OWN_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@contextmanager
def balancing(ports: Sequence[int]) -> Iterator[str]:
    """Hand requests to the hosts at `ports` in turn, until the block ends."""
    turns = itertools.cycle(ports)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._hand_on(b"")

        def do_POST(self) -> None:
            self._hand_on(self.rfile.read(int(self.headers["Content-Length"] or 0)))

        def _hand_on(self, body: bytes) -> None:
            host = http.client.HTTPConnection("127.0.0.1", next(turns), timeout=30)
            try:
                host.request(self.command, self.path, body, dict(self.headers))
                answer = host.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                self.send_error(502)
                return
            finally:
                host.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in OWN_HEADERS:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    port = servers.free_port()
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
