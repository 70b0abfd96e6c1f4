"""Running the sandbox: for good, or for the length of a test."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from wxchannels.sandbox.courier import Courier
from wxchannels.sandbox.snapshot import Keeper
from wxchannels.sandbox.state import EXTENSION, State

LOOPBACK = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """A request handler that does not tell about every request: tokens stand there."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def serve(app: Flask, host: str, port: int) -> None:
    """Answer until Ctrl-C or SIGTERM, then save the state."""
    server = _make_server(app, host, port)

    def stop(_signal: int, _frame: object) -> None:
        # Only another thread can end the loop that this one is in.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    with _helpers(app):
        server.serve_forever(poll_interval=0.1)


@contextmanager
def running(app: Flask) -> Iterator[str]:
    """Answer on a free port of this machine, and yield the address."""
    server = _make_server(app, LOOPBACK, 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    with _helpers(app):
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _make_server(app: Flask, host: str, port: int) -> BaseWSGIServer:
    return make_server(host, port, app, threaded=True, request_handler=QuietHandler)


@contextmanager
def _helpers(app: Flask) -> Iterator[None]:
    """Bring late pushes and keep the snapshot fresh meanwhile."""
    state: State = app.extensions[EXTENSION]
    courier = Courier(state.post)
    with ExitStack() as stack:
        if app.config["STATE_FILE"]:
            keeper = Keeper(state.world, app.config["STATE_FILE"])
            keeper.start()
            stack.callback(keeper.stop)
        courier.start()
        stack.callback(courier.stop)
        yield
