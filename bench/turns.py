"""Taking turns: what is compared is measured within one run, one after the other.

Other work on the machine then slows both sides of a ratio, and the median of several
rounds forgets what it slowed only once.
"""

import os
from collections.abc import Callable, Mapping
from statistics import median

from bench import load
from bench.load import Request, Result
from bench.servers import Server

SERVER_CORE, LOAD_CORE = "0", 1
ROUNDS = 5
SECONDS = 3.0
WARM_SECONDS = 1.0
#: A server, and what makes the requests to it.
Side = tuple[Server, Callable[[], Request]]
#: What each side did in each round.
Rounds = Mapping[str, list[Result]]


def take(
    sides: Mapping[str, Side], *, rounds: int = ROUNDS, seconds: float = SECONDS
) -> Rounds:
    """Load each side in turn for `rounds` rounds; the warming up is dropped."""
    os.sched_setaffinity(0, {LOAD_CORE})
    for server, requests in sides.values():
        load.send_all_out(server.port, requests, seconds=WARM_SECONDS)
    results: dict[str, list[Result]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, (server, requests) in sides.items():
            results[name].append(_measure(server, requests, seconds))
    return results


def ratio(results: Rounds, one: str, other: str) -> float:
    """Return the median of one's rate by the other's, round by round."""
    pairs = zip(results[one], results[other], strict=True)
    return median(ours.rate / theirs.rate for ours, theirs in pairs)


def cpu_ratio(results: Rounds, one: str, other: str) -> float:
    """Return the same of what an answer cost in processor time, other by one.

    It hardly moves where the rates do, because other work on the machine is not in it.
    """
    pairs = zip(results[one], results[other], strict=True)
    return median(theirs.cpu_us / ours.cpu_us for ours, theirs in pairs)


def line(name: str, results: Rounds) -> str:
    """Say in a line what one side did."""
    mine = results[name]
    return (
        f"  {name:<28}{median(r.rate for r in mine):8,.0f}/s"
        f"{median(r.cpu_us for r in mine):8,.0f} µs CPU"
        f"   p50 {median(r.percentile(0.5) for r in mine):6.1f}"
        f"   p99 {median(r.percentile(0.99) for r in mine):6.1f}"
        f"   max {max(r.percentile(1) for r in mine):6.0f} ms"
    )


def _measure(server: Server, requests: Callable[[], Request], seconds: float) -> Result:
    before = server.cpu_seconds()
    result = load.send_all_out(server.port, requests, seconds=seconds)
    result.cpu = server.cpu_seconds() - before
    return result
