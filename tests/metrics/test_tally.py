"""Counts of all processes of a host: none lost by a process that dies, none twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from wxchannels.metrics.tally import Tally

NAMES = ["stored", "seconds"]
#: Counts, says so, and lives on until it is killed.
PROCESS = """
import sys, time, pathlib
from wxchannels.metrics.tally import Tally
tally = Tally(pathlib.Path(sys.argv[1]), ["stored", "seconds"])
tally.add({"stored": int(sys.argv[2])})
print("counted", flush=True)
time.sleep(60)
"""


def start(folder: Path, amount: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(folder), str(amount)],
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline() == b"counted\n"
    return process


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_processes_count_together_and_the_dead_stay_counted(tmp_path: Path) -> None:
    mine = Tally(tmp_path, NAMES)
    mine.add({"stored": 1, "seconds": 0.25})
    first, second = start(tmp_path, 10), start(tmp_path, 100)
    together = mine.totals()
    kill(first)

    third = start(tmp_path, 1000)

    assert together == {"stored": 111, "seconds": 0.25}
    assert Tally(tmp_path, NAMES).totals()["stored"] == 1111
    # The third took the row of the first over.
    [file] = tmp_path.iterdir()
    assert file.stat().st_size == 3 * 8 * len(NAMES)
    kill(second)
    kill(third)


def test_child_of_a_fork_counts_in_a_row_of_its_own(tmp_path: Path) -> None:
    mine = Tally(tmp_path, NAMES)
    mine.add({"stored": 1})

    child = os.fork()
    if child == 0:
        mine.add({"stored": 10})
        os._exit(0)
    os.waitpid(child, 0)
    mine.add({"stored": 100})

    assert mine.totals()["stored"] == 111


def test_counts_go_on_after_a_restart(tmp_path: Path) -> None:
    kill(start(tmp_path, 5))

    again = Tally(tmp_path, NAMES)
    again.add({"stored": 1})

    assert again.totals()["stored"] == 6


def test_other_names_are_counted_elsewhere(tmp_path: Path) -> None:
    kill(start(tmp_path, 5))

    assert Tally(tmp_path, ["stored", "spooled"]).totals() == {
        "stored": 0,
        "spooled": 0,
    }


def test_folder_that_is_gone_only_costs_the_others_counts(tmp_path: Path) -> None:
    tally = Tally(tmp_path / "not-there", NAMES)

    tally.add({"stored": 2})
    tally.add({"stored": 3})

    assert tally.totals()["stored"] == 5
