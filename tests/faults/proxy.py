"""A TCP proxy in front of a database that misbehaves when it is told to."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

#: Makes close() send a reset instead of a farewell.
RESET = struct.pack("ii", 1, 0)
#: As psycopg and PyMySQL spell it on the wire, alone in its message.
COMMIT = b"COMMIT"
LOOK_SECONDS = 0.02


class Weather(StrEnum):
    """What happens to what is sent."""

    FINE = "fine"
    #: Connections are accepted and kept, nothing gets through.
    STALLED = "stalled"
    #: Nobody listens, and what was connected is reset.
    REFUSED = "refused"


class Proxy:
    """Listens on a port of its own and forwards to `port`, if the weather is fine."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._weather = Weather.FINE
        #: Seconds that each message to the database takes.
        self.latency = 0.0
        #: How many COMMITs get through while their answers do not.
        self.cuts = 0
        self._cutting = threading.Lock()
        self._cut: set[socket.socket] = set()
        self._listener = self._listen(0)
        self.port = int(self._listener.getsockname()[1])

    @contextmanager
    def weather(self, weather: Weather) -> Iterator[None]:
        """Have `weather` until the block ends."""
        self._change(weather)
        try:
            yield
        finally:
            self._change(Weather.FINE)

    def reset(self) -> None:
        """Break every connection there is; new ones are served."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _break(end)

    def close(self) -> None:
        """Serve nobody any more."""
        self._change(Weather.REFUSED)

    def _change(self, weather: Weather) -> None:
        if weather is Weather.REFUSED:
            _break(self._listener)
            self.reset()
        elif self._weather is Weather.REFUSED:
            self._listener = self._listen(self.port)
        self._weather = weather

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port), backlog=256)
        _in_background(self._accept, listener)
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    _break(near)
                    continue
                self._pairs.append((near, far))
                _in_background(self._forward, near, far, True)
                _in_background(self._forward, far, near, False)

    def _forward(self, source: socket.socket, to: socket.socket, *asks: bool) -> None:
        with contextlib.suppress(OSError):
            while (sent := source.recv(65536)) and to not in self._cut:
                while self._weather is Weather.STALLED:
                    time.sleep(LOOK_SECONDS)
                if any(asks):
                    time.sleep(self.latency)
                    self._note(source, sent)
                to.sendall(sent)
        self._cut.discard(to)
        _break(to)
        _break(source)

    def _note(self, source: socket.socket, sent: bytes) -> None:
        """Remember whose COMMIT is to get through without its answer."""
        with self._cutting:
            if COMMIT in sent and self.cuts > 0:
                self.cuts -= 1
                self._cut.add(source)


def _break(end: socket.socket) -> None:
    """Reset a connection, wherever another thread is with it."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _in_background(work: object, *given: object) -> None:
    threading.Thread(target=work, args=given, daemon=True).start()  # type: ignore[arg-type]
