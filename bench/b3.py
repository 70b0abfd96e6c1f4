"""B3: a rush of 500 pushes a second for a minute while a manager browses reports.

Two workers on both cores of the machine, which they share with the load, the manager
and the database. Pushes come on a fixed schedule and the time of each counts from when
it was due. Besides, two workers against one, each as fast as it can.
"""

import json
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

from bench import databases, load, product, pushes, servers, turns
from bench.load import Result
from bench.product import Product
from bench.servers import PYTHON, ROOT, Server

RATE, SECONDS = 500.0, 60.0
MUST_MS, WANT_MS = 100.0, 40.0
CORES = "0,1"
ROUNDS = 3
KINDS = ("sqlite", "postgresql")


def main(folder: Path) -> None:
    """Print what the rush did to the answers, for each database."""
    for kind in (kind for kind in databases.available() if kind in KINDS):
        with ExitStack() as stack:
            ours = stack.enter_context(product.on(kind, folder))
            workers = {
                count: stack.enter_context(
                    servers.serving(
                        "wsgi:app", ours.environment, cores=CORES, workers=count
                    )
                )
                for count in (1, 2)
            }
            print(f"B3: {RATE:.0f} pushes/s for {SECONDS:.0f} s, {kind}", flush=True)
            _rush(ours, workers[2])
            _compare(ours, workers)


def _rush(ours: Product, server: Server) -> None:
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    follows = ours.counting(pushes.follows())
    load.send_all_out(server.port, follows, seconds=turns.WARM_SECONDS)
    manager = _sit_down(server)
    before = server.cpu_seconds()
    result = load.send_on_schedule(server.port, follows, rate=RATE, seconds=SECONDS)
    result.cpu = server.cpu_seconds() - before
    said, _ = manager.communicate(timeout=60)
    if manager.returncode:
        raise SystemExit("the manager could not browse")
    ours.check()
    _tell(ours, result, json.loads(said))


def _sit_down(server: Server) -> subprocess.Popen[str]:
    """Let a manager browse, in a process of their own as any browser is."""
    return subprocess.Popen(
        [str(PYTHON), "-m", "bench.manager", str(server.port), str(SECONDS)],
        env={**os.environ, "EMAIL": product.MANAGER, "PASSWORD": product.PASSWORD},
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _tell(ours: Product, result: Result, browsed: dict[str, float]) -> None:
    p99 = result.percentile(0.99)
    verdict = f"must be < {MUST_MS:.0f} ms: MISSED"
    if p99 < MUST_MS:
        verdict = f"must be < {MUST_MS:.0f} ms: reached; wanted < {WANT_MS:.0f}"
    if p99 < WANT_MS:
        verdict = f"wanted < {WANT_MS:.0f} ms: reached"
    print(
        f"  {result.answered:,} answered at {result.rate:,.0f}/s, "
        f"{result.cpu_us:,.0f} µs CPU each, p50 {result.percentile(0.5):.1f}, "
        f"p99.9 {result.percentile(0.999):.0f}, max {result.percentile(1):.0f} ms\n"
        f"  all in the ledger, {ours.late} of them by way of the spool\n"
        f"  manager: {browsed['pages']:.0f} pages, median {browsed['median_ms']:.0f}, "
        f"slowest {browsed['max_ms']:.0f} ms\n"
        f"  B3 {ours.kind}: p99 {p99:.1f} ms ({verdict})",
        flush=True,
    )


def _compare(ours: Product, workers: dict[int, Server]) -> None:
    follows = ours.counting(pushes.follows())
    sides = {f"{count} on both cores": (workers[count], follows) for count in workers}
    results = turns.take(sides, rounds=ROUNDS)
    ours.check()
    one, two = sides
    for name in sides:
        print(turns.line(name, results))
    ratio = turns.ratio(results, two, one)
    print(f"  B3 {ours.kind}: two workers ÷ one {ratio:.2f} (must be 1)", flush=True)
