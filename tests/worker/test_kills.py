"""A worker killed in the middle of its work: done again, and its effect comes once."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.worker.conftest import Ask, Start, task_of, wait_until
from wxchannels import clock
from wxchannels.channels import bulk
from wxchannels.channels.check import check_rows
from wxchannels.channels.paste import read_rows
from wxchannels.models import (
    Account,
    BulkRun,
    Channel,
    QRCode,
    QRCodeState,
    Task,
    TaskState,
)
from wxchannels.sandbox.app import create_sandbox
from wxchannels.sandbox.remote import Sandbox
from wxchannels.sandbox.server import running

CREATE = "/cgi-bin/qrcode/create"
REDIS = "TEST_REDIS_URL"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running(create_sandbox()) as base_url:
        sandbox = Sandbox(base_url, factories.APP_ID)
        sandbox.open_account(
            secret="an app secret",
            original_id=factories.ORIGINAL_ID,
            name="半亩茶",
            token=factories.TOKEN,
            aes_key=factories.AES_KEY,
        )
        yield sandbox
        sandbox.session.close()


def order(session: Session, account: Account, names: str) -> int:
    """Order channels in bulk and return the number of the task."""
    rows = check_rows(session, account, read_rows(names))
    run = bulk.start_run(session, account, None, rows, at=clock.utcnow())
    work = bulk.find_work(session, run)
    assert work
    number = work.id
    session.commit()
    return number


def let_the_lease_end(session: Session, number: int) -> None:
    """Have as much time passed as the dead worker's leases were long."""
    ended = clock.utcnow() - timedelta(seconds=1)
    session.execute(update(BulkRun).values(leased_until=ended))
    session.execute(update(Task).where(Task.id == number).values(leased_until=ended))
    session.commit()


def test_killed_worker_is_followed_and_each_code_is_made_once(
    session: Session, account: Account, start: Start, sandbox: Sandbox
) -> None:
    sandbox.fault(CREATE, "latency", seconds=6)
    number = order(session, account, "a\nb\nc")
    first = start(WXCHANNELS_API_BASE=sandbox.base_url)
    wait_until(lambda: sandbox.calls().get(CREATE, 0) == 1)

    first.kill()
    first.wait()
    assert task_of(session, number).state == TaskState.LEASED
    let_the_lease_end(session, number)
    sandbox.remove_faults()
    start(WXCHANNELS_API_BASE=sandbox.base_url)

    wait_until(lambda: task_of(session, number).state == TaskState.DONE)
    codes = session.scalars(select(QRCode)).all()
    assert {code.state for code in codes} == {QRCodeState.ACTIVE}
    assert sorted(code.scene for code in sandbox.codes()) == sorted(
        code.scene for code in codes
    )
    assert len(session.scalars(select(Channel)).all()) == 3


def test_worker_that_is_told_to_end_lets_go_of_wechat_in_time(
    session: Session, account: Account, start: Start, sandbox: Sandbox
) -> None:
    sandbox.fault(CREATE, "latency", seconds=20)
    order(session, account, "a")
    worker = start(WXCHANNELS_API_BASE=sandbox.base_url)
    wait_until(lambda: sandbox.calls().get(CREATE, 0) == 1)

    worker.terminate()

    assert worker.wait(timeout=10) == 0


@pytest.fixture
def redis() -> Iterator[Redis]:
    """Give Redis, where there is one, and leave nothing of ours in it."""
    if REDIS not in os.environ:
        pytest.skip(f"{REDIS} is not set")
    with Redis.from_url(os.environ[REDIS]) as redis:
        yield redis
        _forget(redis)


def _forget(redis: Redis) -> None:
    for key in redis.scan_iter("huey.*.wxchannels*"):
        redis.delete(key)


def test_flushed_redis_loses_no_work(
    session: Session, ask: Ask, start: Start, redis: Redis
) -> None:
    first, second = ask("retention", "first"), ask("retention", "second")
    start(WXCHANNELS_REDIS_URL=os.environ[REDIS])
    wait_until(lambda: task_of(session, first).state == TaskState.DONE)
    wait_until(lambda: task_of(session, second).state == TaskState.DONE)

    _forget(redis)
    third = ask("retention", "third")

    wait_until(lambda: task_of(session, third).state == TaskState.DONE)


def test_two_workers_on_redis_do_each_task_once(
    session: Session, ask: Ask, start: Start, redis: Redis
) -> None:
    del redis
    numbers = [ask("retention", f"part {number}") for number in range(20)]

    for _ in range(2):
        start(WXCHANNELS_REDIS_URL=os.environ[REDIS])

    wait_until(
        lambda: all(task_of(session, n).state == TaskState.DONE for n in numbers)
    )
    attempts = session.scalars(select(Task.attempts).where(Task.id.in_(numbers)))
    assert set(attempts) == {1}
