"""Faults 7, 9 and 10: the database's file is locked, the disk full, the spool hurt."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from tests.faults import disk, product
from tests.faults.checker import check
from tests.faults.load import Load, pushing, send
from tests.faults.product import Product
from wxchannels.intake.intake import LOOK_SECONDS

#: P3's hard limit, for a machine that is busy with other tests as well.
LIMIT_SECONDS = 3.0


@contextlib.contextmanager
def locked(product: Product) -> Iterator[None]:
    """Keep every writer out of the database, as a backup does."""
    with product.session() as session:
        session.execute(text("SELECT 1"))
        yield


@pytest.mark.parametrize("seconds", [4, pytest.param(10, marks=pytest.mark.soak)])
def test_pushes_go_to_the_spool_while_a_backup_locks_the_file(
    on_sqlite: Product, seconds: float
) -> None:
    load = on_sqlite.open_account()
    send(load, 1)

    with pushing(load, rate=30):
        with locked(on_sqlite):
            time.sleep(seconds)
        load.wait_for(acknowledged=20)

    assert load.failed == []
    assert load.seconds() < LIMIT_SECONDS + load.lag_seconds
    check(on_sqlite, load)


@pytest.fixture(name="small")
def product_on_a_small_disk(tmp_path: Path) -> Iterator[tuple[Product, Path]]:
    with disk.small_disk() as folder:
        installed = product.install(
            tmp_path,
            f"sqlite:///{folder / 'product.sqlite3'}",
            settings={"WXCHANNELS_SPOOL_DIR": str(folder / "spool")},
        )
        yield installed.served(), folder
        installed.close()


def readiness(load: Load) -> int:
    url = f"http://127.0.0.1:{load.ports[0]}/readyz"
    return requests.get(url, timeout=30).status_code


def test_full_disk_is_said_at_once_and_needs_no_restart(
    small: tuple[Product, Path],
) -> None:
    installed, folder = small
    load = installed.open_account()
    send(load, 5)

    with disk.full(folder):
        while not load.failed and load.next_number < 500:
            send(load, 10)
        ready_when_full = readiness(load)

    assert {one.status for one in load.failed} == {500}
    assert load.seconds() < LIMIT_SECONDS
    assert ready_when_full == 503
    time.sleep(LOOK_SECONDS)
    assert readiness(load) == 200
    failed = len(load.failed)
    send(load, 20)
    assert len(load.failed) == failed
    check(installed, load)


def hurt(product: Product, load: Load, damage: Callable[[Path], None]) -> None:
    """Have pushes spooled, damage the file, and let the servers go on with it."""
    spool = product.folder / "spool"
    (spool / "spool.sqlite3").unlink(missing_ok=True)
    with locked(product):
        send(load, 48)
        assert product.spooled() == 48
        damage(spool / "spool.sqlite3")
    product.wait_until_drained()
    status = product.operator.test_cli_runner().invoke(args=["spool", "status"])
    assert (status.exit_code, "set aside, damaged: 1" in status.output) == (1, True)
    for damaged in spool.glob("damaged-*"):
        damaged.unlink()


def test_pushes_are_read_out_of_a_spool_whose_structure_is_gone(
    on_sqlite: Product,
) -> None:
    load = on_sqlite.open_account()
    send(load, 1)

    def flip(spool: Path) -> None:
        with spool.open("r+b") as file:
            file.write(bytes(100))

    hurt(on_sqlite, load, flip)

    check(on_sqlite, load)
