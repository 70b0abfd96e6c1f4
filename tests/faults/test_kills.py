"""Fault 11: the server is killed while pushes come, and WeChat sends again."""

import pytest

from tests.faults.checker import check
from tests.faults.load import pushing
from tests.faults.product import Product

KILLS = [3, pytest.param(20, marks=pytest.mark.soak)]


@pytest.mark.parametrize("kills", KILLS)
def test_no_acknowledged_push_is_lost_to_kill_9(product: Product, kills: int) -> None:
    load, [host] = product.open_account(), product.hosts

    with pushing(load, rate=50):
        for _ in range(kills):
            load.wait_for(acknowledged=50)
            host.kill()
            host.start()
        load.wait_for(acknowledged=50)

    check(product, load)
