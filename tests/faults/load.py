"""Pushes as WeChat sends them, at a rate, and what came of each."""

import asyncio
import itertools
import logging
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep

from tests import pushes
from tests.faults.script import Push

log = logging.getLogger(__name__)

#: wechat.md: five seconds, three tries.
CUT_OFF_SECONDS, TRIES, PAUSE_SECONDS = 5.0, 3, 0.5

#: Generous: bounds a wait on a busy machine, is no promise.
PATIENCE_SECONDS = 60

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Idle = dict[int, list[Connection]]


@dataclass(frozen=True)
class Try:
    """One delivery of a push. It has no status where the connection broke or hung."""

    number: int
    status: int | None
    text: str
    seconds: float
    at: float

    @property
    def is_acknowledged(self) -> bool:
        return self.status == 200


@dataclass
class Load:
    """Everything that was sent to an account, and what was answered."""

    ports: Sequence[int]
    slug: str
    next_number: int = 0
    #: Connections that are kept for the next push, while pushes come at a rate.
    idle: Idle | None = None
    tries: list[Try] = field(default_factory=list)
    #: How late this process itself was at worst: what the machine's load costs.
    lag_seconds: float = 0.0

    @property
    def acknowledged(self) -> set[int]:
        return {one.number for one in self.tries if one.is_acknowledged}

    @property
    def failed(self) -> list[Try]:
        return [one for one in self.tries if not one.is_acknowledged]

    def wait_for(self, acknowledged: int) -> None:
        """Wait until so many more are acknowledged than are now."""
        goal = len(self.acknowledged) + acknowledged
        deadline = monotonic() + PATIENCE_SECONDS
        while len(self.acknowledged) < goal:
            assert monotonic() < deadline, self
            sleep(0.01)

    def seconds(self, share: float = 1.0) -> float:
        """Return the time within which `share` of the tries were answered."""
        ordered = sorted(one.seconds for one in self.tries)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]

    def __str__(self) -> str:
        return (
            f"{len(self.tries)} tries, {len(self.acknowledged)} acknowledged, "
            f"{len(self.failed)} failed, p50 {self.seconds(0.5) * 1000:.0f} ms, "
            f"p99 {self.seconds(0.99) * 1000:.0f} ms, "
            f"longest {self.seconds() * 1000:.0f} ms "
            f"(our own lag {self.lag_seconds * 1000:.0f} ms)"
        )

    async def send(self, number: int) -> None:
        """Send one push until it is acknowledged, three times at most."""
        for turn in range(TRIES):
            port = self.ports[(number + turn) % len(self.ports)]
            tried = await self.send_once(number, port)
            if tried.is_acknowledged:
                return
            await asyncio.sleep(PAUSE_SECONDS)

    async def send_once(self, number: int, port: int) -> Try:
        started, status, text = monotonic(), None, ""
        try:
            async with asyncio.timeout(CUT_OFF_SECONDS):
                body = Push(number).body
                status, text = await post(port, self.slug, body, self.idle)
        except (OSError, EOFError):
            pass
        tried = Try(number, status, text, monotonic() - started, started)
        self.tries.append(tried)
        return tried


async def post(
    port: int, slug: str, body: bytes, idle: Idle | None = None
) -> tuple[int, str]:
    """Send a push, over a connection of `idle` if there is one."""
    head = (
        f"POST {pushes.signed(slug)} HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    kept = idle[port] if idle is not None else []
    while kept:
        try:
            return await exchange(kept.pop(), head.encode() + body, kept)
        except (OSError, EOFError):
            # The server let go of it while nothing was under way.
            continue
    fresh = await asyncio.open_connection("127.0.0.1", port)
    return await exchange(
        fresh, head.encode() + body, kept if idle is not None else None
    )


async def exchange(
    connection: Connection, request: bytes, kept: list[Connection] | None
) -> tuple[int, str]:
    """Send a request and return its answer; the connection is added to `kept`."""
    reader, writer = connection
    try:
        writer.write(request)
        said = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(said.partition("content-length:")[2].split("\r\n")[0])
        text = await reader.readexactly(length)
    except BaseException:
        writer.close()
        raise
    if kept is None:
        writer.close()
    else:
        kept.append(connection)
    return int(said.split()[1]), text.decode()


def send(load: Load, count: int) -> None:
    """Send the next pushes all at the same moment, and wait for their answers."""
    first = load.next_number
    load.next_number += count

    async def run() -> None:
        async with asyncio.TaskGroup() as tries:
            for number in range(first, load.next_number):
                tries.create_task(load.send(number))

    asyncio.run(run())


@contextmanager
def pushing(load: Load, *, rate: float) -> Iterator[Load]:
    """Send `rate` pushes a second until the block ends, then wait for the answers."""
    over, first = threading.Event(), load.next_number

    async def run() -> None:
        load.idle, began = defaultdict(list), monotonic()
        async with asyncio.TaskGroup() as tries:
            for number in itertools.count(load.next_number):
                load.next_number = number
                if over.is_set():
                    break
                late = monotonic() - began - (number - first) / rate
                load.lag_seconds = max(load.lag_seconds, late)
                await asyncio.sleep(max(0.0, -late))
                tries.create_task(load.send(number))
        for _, writer in itertools.chain(*load.idle.values()):
            writer.close()
        load.idle = None

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        yield load
    finally:
        over.set()
        thread.join()
        log.info("%s", load)
