"""Load from one process: connections kept open, each sending as fast as answered."""

import http.client
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.pushes import address, follow

CONNECTIONS = 16


@dataclass
class Result:
    """What a load saw."""

    answered: int
    seconds: float
    #: In milliseconds, sorted.
    times: list[float]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds

    def percentile(self, share: float) -> float:
        """Return the time within which `share` of the answers came, in ms."""
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)]


def send(port: int, *, seconds: float, core: int) -> Result:
    """Send follows of ever new people for `seconds` from `core`."""
    os.sched_setaffinity(0, {core})
    stop_at = time.monotonic() + seconds
    times: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    threads = [
        threading.Thread(target=_send, args=(port, stop_at, _people(n), times[n]))
        for n in range(CONNECTIONS)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.monotonic() - started
    every = sorted(t for own in times for t in own)
    return Result(answered=len(every), seconds=spent, times=every)


def _people(connection: int) -> Iterator[bytes]:
    run = os.urandom(4).hex()
    number = 0
    while True:
        number += 1
        yield follow(f"o{run}{connection:02d}{number:08d}")


def _send(
    port: int, stop_at: float, people: Iterator[bytes], times: list[float]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    target = address()
    while time.monotonic() < stop_at:
        began = time.perf_counter()
        connection.request("POST", target, body=next(people))
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"the server answered {answer.status}")
        times.append((time.perf_counter() - began) * 1000)
    connection.close()
