"""Huey, which spreads numbers of due tasks over the workers and keeps nothing else.

Its own retries, results and schedule are off. Whatever it loses is found again by the
next beat, because the rows say what is due.
"""

import json
from pathlib import Path

from huey import Huey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from redis import ConnectionPool

NAME = "wxchannels"
FILE = "worker.sqlite3"
#: A Redis that stopped answering must not stop the beat. Longer than the second for
#: which an idle thread listens to it.
REDIS_SECONDS = 3


class JsonSerializer(Serializer):  # type: ignore[misc] # Huey has no types
    """Writes messages as JSON: Huey's own pickle runs what it reads."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(bytes(data)))


def open_huey(redis_url: str, folder: Path) -> Huey:
    """Return the queue of all hosts where Redis is given, else that of this host."""
    options = {"results": False, "serializer": JsonSerializer()}
    if not redis_url:
        return SqliteHuey(NAME, filename=str(folder / FILE), **options)
    pool = ConnectionPool.from_url(
        redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )
    return RedisHuey(NAME, connection_pool=pool, **options)
