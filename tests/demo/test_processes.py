import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from wxchannels.demo.processes import Processes, Stopped, answers
from wxchannels.demo.settings import DemoError


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Give the signals back to the test run."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_broken_process_is_quoted(tmp_path: Path) -> None:
    with Processes({}, tmp_path) as processes:
        processes.start("The product", "no_such_module")

        with pytest.raises(DemoError, match="No module named no_such_module"):
            processes.wait_for("The product", "http://127.0.0.1:9")


def test_process_that_ends_by_itself_ends_the_demo(tmp_path: Path) -> None:
    with Processes({}, tmp_path) as processes:
        processes.start("The product", "this")

        with pytest.raises(DemoError, match="The product did not work"):
            processes.wait()


def test_finished_work_is_waited_for(tmp_path: Path) -> None:
    with Processes({}, tmp_path) as processes:
        processes.start("The story", "this")

        processes.wait_for_end("The story")

    assert "Beautiful is better than ugly" in (tmp_path / "demo-story.log").read_text()


def test_work_is_given_up_where_another_process_dies(tmp_path: Path) -> None:
    with Processes({}, tmp_path) as processes:
        processes.start("The story", "http.server", "--bind", "127.0.0.1", "0")
        processes.start("The product", "no_such_module")

        with pytest.raises(DemoError, match="The product did not work"):
            processes.wait_for_end("The story")


def test_signal_ends_the_wait_and_the_processes(tmp_path: Path) -> None:
    server = ("http.server", "--bind", "127.0.0.1", "0")
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGTERM])
    with Processes({}, tmp_path) as processes:
        processes.start("The product", *server)
        timer.start()

        with pytest.raises(Stopped):
            processes.wait()

    assert [child.poll() is None for child in processes.running()] == [False]


def test_nobody_answers_on_a_closed_port() -> None:
    assert not answers("http://127.0.0.1:9/healthz")
