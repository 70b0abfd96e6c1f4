"""Faults 8, 14, 17 and 26: many at once."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import pushes
from tests.e2e import servers
from tests.faults import product, script
from tests.faults.checker import check
from tests.faults.load import Load, Try, post, pushing, send
from tests.faults.product import Product
from wxchannels.models import Follower, ScanEvent


def four_processes(port: int) -> Sequence[str]:
    """Return how gunicorn serves us from four processes, loaded once."""
    how = ("--workers", "4", "--threads", "4", "--preload")
    where = ("--bind", f"127.0.0.1:{port}")
    return [str(servers.BIN / "gunicorn"), *how, *where, "wsgi:app"]


def open_account(four: Product) -> Load:
    """Open an account that all processes know: a stranger's push may be refused.

    As many pushes at once as there are threads reach every process, and one that is
    refused is sent again.
    """
    load = four.open_account()
    send(load, 16)
    return load


@pytest.fixture(name="four", scope="module")
def product_of_four_processes(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("four")
    url = f"sqlite:///{folder / 'product.sqlite3'}"
    installed = product.install(folder, url, server=four_processes)
    yield installed.served()
    installed.close()


def test_four_processes_write_one_file(four: Product) -> None:
    load = open_account(four)

    for _ in range(4):
        send(load, 50)

    assert load.failed == []
    check(four, load)
    assert "locked" not in four.hosts[0].logs[-1].read_text()


def test_copies_that_come_together_are_one_row_and_one_answer(four: Product) -> None:
    load = open_account(four)

    answers = asyncio.run(copies(load, number=66, count=3))

    assert [one.status for one in answers] == [200] * 3
    [said] = {re.sub(r"<CreateTime>\d+", "", one.text) for one in answers}
    assert f"{product.WELCOME}counter" in said
    check(four, load)


async def copies(load: Load, *, number: int, count: int) -> list[Try]:
    tries = (load.send_once(number, load.ports[0]) for _ in range(count))
    return list(await asyncio.gather(*tries))


def test_twenty_first_scans_at_once_are_of_one_person(four: Product) -> None:
    load = open_account(four)
    seconds = [script.START + timedelta(hours=9, seconds=n) for n in range(20)]
    bodies = [pushes.scan("counter", openid="anna", at=at) for at in seconds]

    async def scan() -> list[tuple[int, str]]:
        sent = (post(load.ports[0], load.slug, body) for body in bodies)
        return list(await asyncio.gather(*sent))

    answers = asyncio.run(scan())

    assert {status for status, _ in answers} == {200}
    four.wait_until_drained()
    with four.session() as session:
        scans = select(ScanEvent.follower_id, func.count()).where(
            ScanEvent.happened_at >= seconds[0]
        )
        [(follower_id, count)] = session.execute(
            scans.group_by(ScanEvent.follower_id)
        ).all()
        assert count == 20
        assert session.get_one(Follower, follower_id).following
    four.run("stats", "check")


@pytest.mark.parametrize(
    ("seconds", "rate"), [(3, 60), pytest.param(60, 500, marks=pytest.mark.soak)]
)
def test_burst_is_taken_in(product: Product, seconds: int, rate: int) -> None:
    load = product.open_account()
    send(load, 1)

    with pushing(load, rate=rate):
        time.sleep(seconds)

    assert load.failed == []
    assert load.seconds(0.99) < 1 + load.lag_seconds
    check(product, load)
