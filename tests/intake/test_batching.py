"""One thread takes all that waits; nobody waits longer than they want to."""

import threading
from collections.abc import Sequence

import pytest

from wxchannels.intake.batching import Batcher, LateError


def test_result_is_the_items_own() -> None:
    batcher: Batcher[int, int] = Batcher(lambda items: [item * 2 for item in items])

    assert [batcher.submit(n, timeout=20) for n in (1, 2, 3)] == [2, 4, 6]
    batcher.close()


def test_item_that_nobody_waits_for_is_left_out() -> None:
    gate, begun = threading.Event(), threading.Event()
    worked: list[str] = []

    def work(items: Sequence[str]) -> Sequence[None]:
        begun.set()
        gate.wait(20)
        worked.extend(items)
        return [None] * len(items)

    batcher: Batcher[str, None] = Batcher(work)
    batcher.send("first")
    begun.wait(20)
    with pytest.raises(LateError):
        batcher.submit("given up", timeout=0.01)
    gate.set()
    batcher.submit("last", timeout=20)

    assert worked == ["first", "last"]
    batcher.close()


def test_error_of_the_work_reaches_everybody_and_ends_nothing() -> None:
    def work(items: Sequence[int]) -> Sequence[int]:
        return [1 // item for item in items]

    batcher: Batcher[int, int] = Batcher(work)

    with pytest.raises(ZeroDivisionError):
        batcher.submit(0, timeout=20)
    assert batcher.submit(1, timeout=20) == 1
    batcher.close()


def test_batch_has_a_largest_size() -> None:
    gate, begun = threading.Event(), threading.Event()
    sizes: list[int] = []

    def work(items: Sequence[int]) -> Sequence[None]:
        begun.set()
        gate.wait(20)
        sizes.append(len(items))
        return [None] * len(items)

    batcher: Batcher[int, None] = Batcher(work, most=4)
    batcher.send(0)
    begun.wait(20)
    for n in range(9):
        batcher.send(n)
    gate.set()
    batcher.close()

    assert sizes == [1, 4, 4, 1]


def test_closed_batcher_takes_nothing_more() -> None:
    batcher: Batcher[int, int] = Batcher(list)
    batcher.submit(1, timeout=20)
    batcher.close()

    with pytest.raises(LateError):
        batcher.send(2).wait(timeout=0)
    with pytest.raises(LateError):
        batcher.submit(3, timeout=20)
