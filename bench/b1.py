"""B1: the intake with its full work, durable, against an empty Flask view.

The same server with the same threads on the same core. People are new and come through
20 codes; each gets the greeting of the channel.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import databases, floor, product, pushes, servers, turns
from bench.goals import Goal
from bench.product import Product
from bench.turns import SERVER_CORE, Rounds, Side

GOALS = {"sqlite": Goal(0.25, 0.36), "postgresql": Goal(0.20, 0.30)}
EMPTY = "empty Flask view"


def main(folder: Path) -> None:
    """Print the ratio for each database."""
    with ExitStack() as stack:
        empty = servers.serving(f"{floor.__name__}:app", os.environ, cores=SERVER_CORE)
        sides: dict[str, Side] = {EMPTY: (stack.enter_context(empty), pushes.follows())}
        products = []
        for kind in databases.available():
            ours = stack.enter_context(product.on(kind, folder))
            serving = servers.serving("wsgi:app", ours.environment, cores=SERVER_CORE)
            server = stack.enter_context(serving)
            sides[kind] = server, ours.counting(pushes.follows())
            products.append(ours)
        results = turns.take(sides)
        for ours in products:
            ours.check()
        _tell(results, products)


def _tell(results: Rounds, products: Sequence[Product]) -> None:
    print("B1: intake with the full work ÷ empty Flask view")
    for name in results:
        print(turns.line(name, results))
    for ours in products:
        ratio = turns.ratio(results, ours.kind, EMPTY)
        verdict = GOALS[ours.kind].verdict(ratio) if ours.kind in GOALS else "no goal"
        by_cpu = turns.cpu_ratio(results, ours.kind, EMPTY)
        print(f"  B1 {ours.kind}: {ratio:.2f}, by CPU {by_cpu:.2f} ({verdict})")
