"""Faults 1 to 5: the database is down, frozen, slow, restarted, cut off at COMMIT."""

import signal
import time

import pytest

from tests.faults.checker import check
from tests.faults.cluster import Cluster
from tests.faults.load import Load, pushing, send
from tests.faults.product import Product
from tests.faults.proxy import Proxy, Weather

#: P3's hard limit, for a machine that is busy with other tests as well.
LIMIT_SECONDS = 3.0
#: Once the breaker is open nobody waits for the database any more.
OPEN_SECONDS = 0.05


def assert_answered(load: Load) -> None:
    """Every push was acknowledged, the first time and in time."""
    assert load.failed == []
    assert load.seconds() < LIMIT_SECONDS + load.lag_seconds


@pytest.mark.parametrize(
    ("seconds", "rate"), [(5, 40), pytest.param(60, 200, marks=pytest.mark.soak)]
)
def test_pushes_go_to_the_spool_while_the_database_is_stopped(
    cluster: Cluster, on_postgresql: Product, seconds: int, rate: int
) -> None:
    load = on_postgresql.open_account()

    with pushing(load, rate=rate):
        load.wait_for(acknowledged=20)
        cluster.stop()
        time.sleep(seconds)
        spooled = on_postgresql.spooled()
        cluster.start()
        load.wait_for(acknowledged=20)

    assert_answered(load)
    assert load.seconds(0.99) < 1 + load.lag_seconds
    assert spooled > seconds * rate / 2
    check(on_postgresql, load)


def test_frozen_database_costs_a_deadline_once(
    cluster: Cluster, on_postgresql: Product
) -> None:
    load, frozen = on_postgresql.open_account(), on_postgresql.open_account()
    send(load, 5)

    with cluster.frozen():
        send(load, 5)
        for _ in range(20):
            send(frozen, 1)

    assert_answered(load)
    assert_answered(frozen)
    assert frozen.seconds(0.5) < OPEN_SECONDS + frozen.lag_seconds
    check(on_postgresql, load)
    check(on_postgresql, frozen)


def test_stalled_connection_is_given_up_like_a_frozen_database(
    proxy: Proxy, on_postgresql: Product
) -> None:
    load = on_postgresql.open_account()
    send(load, 1)

    with pushing(load, rate=50), proxy.weather(Weather.STALLED):
        load.wait_for(acknowledged=100)

    assert_answered(load)
    check(on_postgresql, load)


def test_slow_database_is_not_waited_for(proxy: Proxy, on_postgresql: Product) -> None:
    load = on_postgresql.open_account()
    send(load, 1)

    proxy.latency = 2.0
    with pushing(load, rate=50):
        load.wait_for(acknowledged=100)
        proxy.latency = 0.0
        load.wait_for(acknowledged=50)

    assert_answered(load)
    check(on_postgresql, load)


def test_restart_in_mid_transaction_loses_and_doubles_nothing(
    cluster: Cluster, on_postgresql: Product
) -> None:
    load = on_postgresql.open_account()

    with pushing(load, rate=40):
        for _ in range(2):
            load.wait_for(acknowledged=50)
            cluster.stop(signal.SIGQUIT)
            cluster.start()
        load.wait_for(acknowledged=50)

    assert_answered(load)
    check(on_postgresql, load)


def test_commit_whose_answer_was_lost_counts_once(
    proxy: Proxy, on_postgresql: Product
) -> None:
    load = on_postgresql.open_account()
    send(load, 1)

    for _ in range(3):
        proxy.cuts = 1
        send(load, 6)
        on_postgresql.wait_until_drained()

    assert proxy.cuts == 0
    assert_answered(load)
    check(on_postgresql, load)
