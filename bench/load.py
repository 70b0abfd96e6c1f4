"""Load from one thread: connections kept open, every answer read and looked at.

Written on epoll because a client of the standard library tops out below the server:
this one drives an empty view at its full rate and has most of its core to spare.
"""

import re
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

LONGEST_ANSWER = 65536
#: How long an answer may take before the server counts as hung.
PATIENCE_SECONDS = 20.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class BadAnswerError(Exception):
    """The server answered what no push may be answered, or not at all."""


@dataclass(frozen=True)
class Request:
    """A request as bytes, and what its answer must hold."""

    wire: bytes
    #: One of them must be in the body: `success`, or the person it greets.
    expected: tuple[bytes, ...]


@dataclass
class Result:
    """What a load saw."""

    seconds: float = 0.0
    #: Of each answer, in milliseconds.
    times: list[float] = field(default_factory=list)
    #: What the server's processes spent, in seconds.
    cpu: float = 0.0

    @property
    def answered(self) -> int:
        """How many requests were answered, all of them well."""
        return len(self.times)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds

    @property
    def cpu_us(self) -> float:
        """Return what an answer cost the server's processes, in microseconds."""
        return self.cpu / self.answered * 1e6

    def percentile(self, share: float) -> float:
        """Return the time within which `share` of the answers came, in ms."""
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Connection:
    """A connection to the server with at most one request under way."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = self._socket.fileno()
        self._request: Request | None = None
        self._read = b""
        #: When the request was sent, or should have been.
        self.began = 0.0

    def send(self, request: Request, began: float) -> None:
        """Send `request`, whose time counts from `began`."""
        self._request, self._read, self.began = request, b"", began
        self._socket.sendall(request.wire)

    def receive(self) -> bool:
        """Read what has come; say whether the answer is complete."""
        came = self._socket.recv(LONGEST_ANSWER)
        if not came:
            raise BadAnswerError("the server hung up")
        self._read += came
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found:
            return False
        length = _LENGTH.search(head)
        if length is None:
            raise BadAnswerError(f"an answer without a length: {head[:200]!r}")
        if len(body) < int(length[1]):
            return False
        self._check(head, body)
        return True

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _check(self, head: bytes, body: bytes) -> None:
        assert self._request is not None  # noqa: S101 - nothing comes unasked
        is_good = any(text in body for text in self._request.expected)
        if not head.startswith(b"HTTP/1.1 200 ") or not is_good:
            raise BadAnswerError(f"{head[:60]!r} {body[:200]!r}")


class Connections:
    """Connections to one server, and which of them have an answer."""

    def __init__(self, port: int, count: int) -> None:
        self._poll = select.epoll()
        self._by_number: dict[int, Connection] = {}
        for _ in range(count):
            connection = Connection(port)
            self._by_number[connection.number] = connection
            self._poll.register(connection.number, select.EPOLLIN)

    @property
    def every(self) -> list[Connection]:
        """All of them."""
        return list(self._by_number.values())

    def answered(self, timeout: float) -> Iterator[Connection]:
        """Give each connection whose answer is complete, waiting for the first."""
        for number, _event in self._poll.poll(timeout):
            connection = self._by_number[number]
            if connection.receive():
                yield connection

    def close(self) -> None:
        """Hang up everywhere."""
        for connection in self._by_number.values():
            connection.close()
        self._poll.close()


def send_all_out(
    port: int, requests: Callable[[], Request], *, seconds: float, connections: int = 16
) -> Result:
    """Send the next request wherever one was answered, for `seconds`."""
    pool, result = Connections(port, connections), Result()
    started = time.perf_counter()
    for connection in pool.every:
        connection.send(requests(), time.perf_counter())
    under_way, last = connections, started
    while under_way:
        for connection in pool.answered(PATIENCE_SECONDS):
            last = time.perf_counter()
            result.times.append((last - connection.began) * 1000)
            if last - started < seconds:
                connection.send(requests(), time.perf_counter())
            else:
                under_way -= 1
        _check_patience(last)
    result.seconds = last - started
    pool.close()
    return result


def send_on_schedule(
    port: int,
    requests: Callable[[], Request],
    *,
    rate: float,
    seconds: float,
    connections: int = 64,
) -> Result:
    """Send `rate` requests a second, whether the server keeps up or not.

    The time of each counts from when it was due, not from when a connection was free
    for it, so that a stall shows in all the requests that it held up.
    """
    pool, result = Connections(port, connections), Result()
    free = deque(pool.every)
    started = last = time.perf_counter()
    due, total = 0, int(rate * seconds)
    while due < total or len(free) < connections:
        now = time.perf_counter()
        while free and due < total and started + due / rate <= now:
            free.popleft().send(requests(), started + due / rate)
            due += 1
        is_waiting = bool(free) and due < total
        wait = started + due / rate - now if is_waiting else PATIENCE_SECONDS
        for connection in pool.answered(max(wait, 0.0)):
            last = time.perf_counter()
            result.times.append((last - connection.began) * 1000)
            free.append(connection)
        _check_patience(last)
    result.seconds = last - started
    pool.close()
    return result


def _check_patience(last: float) -> None:
    if time.perf_counter() - last > PATIENCE_SECONDS:
        raise BadAnswerError(f"no answer within {PATIENCE_SECONDS:.0f} s")
