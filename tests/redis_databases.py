"""A Redis database for each test process: many may run on one server at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import redis

#: Redis has sixteen unless told otherwise; 0 is where people keep things.
NUMBERS = range(15, 0, -1)
#: A claim outlives a killed process by this much.
CLAIM_SECONDS = 1800


@contextmanager
def claimed(url: str) -> Iterator[str]:
    """Name an empty database of the server at `url` that nobody else here uses."""
    with redis.Redis.from_url(url, db=0) as server:
        number = next((n for n in NUMBERS if _claim(server, url, n)), None)
        if number is None:
            raise RuntimeError("no Redis database is free for this test process")
        mine = _at(url, number)
        try:
            yield mine
        finally:
            empty(mine)
            server.delete(_key(number))


def empty(url: str) -> None:
    """Drop every key of the database that `url` names."""
    with redis.Redis.from_url(url) as server:
        server.flushdb()


def _claim(server: redis.Redis, url: str, number: int) -> bool:
    if not server.set(_key(number), "claimed", nx=True, ex=CLAIM_SECONDS):
        return False
    with redis.Redis.from_url(_at(url, number)) as candidate:
        if candidate.dbsize() == 0:
            return True
    server.delete(_key(number))
    return False


def _key(number: int) -> str:
    return f"wxchannels-tests:database:{number}"


def _at(url: str, number: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{number}"))
