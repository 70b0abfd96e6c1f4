"""Each test process has a Redis database of its own."""

import redis

from tests import redis_databases


def test_database_is_empty_and_nobody_elses(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as mine:
        mine.set("ours", "1")
        assert mine.keys() == [b"ours"]

    with redis_databases.claimed(redis_url) as other, redis.Redis.from_url(other) as db:
        assert other != redis_url
        assert db.keys() == []
