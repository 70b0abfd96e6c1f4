"""B9: what durability costs on SQLite, and one hot channel on PostgreSQL."""

from contextlib import ExitStack
from pathlib import Path

from bench import databases, product, pushes, servers, turns
from bench.goals import Goal
from bench.turns import SERVER_CORE, Rounds, Side

DURABLE, HOT = Goal(0.85, 0.9), Goal(0.85, 1.0)
TARGETS = {"FULL": "wsgi:app", "NORMAL": "bench.normal:app"}


def main(folder: Path) -> None:
    """Print both ratios."""
    print("B9: durability, and a hot channel", flush=True)
    results = _durability(folder)
    _tell("sqlite FULL ÷ NORMAL", results, "FULL", "NORMAL", DURABLE)
    if "postgresql" in databases.available():
        results = _hot_channel(folder)
        _tell("postgresql hot ÷ spread", results, "hot", "spread", HOT)


def _durability(folder: Path) -> Rounds:
    with ExitStack() as stack:
        sides: dict[str, Side] = {}
        products = []
        for name, target in TARGETS.items():
            ours = stack.enter_context(product.on("sqlite", folder))
            serving = servers.serving(target, ours.environment, cores=SERVER_CORE)
            server = stack.enter_context(serving)
            sides[name] = server, ours.counting(pushes.follows())
            products.append(ours)
        results = turns.take(sides)
        for ours in products:
            ours.check()
        return results


def _hot_channel(folder: Path) -> Rounds:
    with ExitStack() as stack:
        ours = stack.enter_context(product.on("postgresql", folder))
        serving = servers.serving("wsgi:app", ours.environment, cores=SERVER_CORE)
        server = stack.enter_context(serving)
        hot = pushes.follows(scenes=pushes.SCENES[:1])
        sides: dict[str, Side] = {
            "hot": (server, ours.counting(hot)),
            "spread": (server, ours.counting(pushes.follows())),
        }
        results = turns.take(sides)
        ours.check()
        return results


def _tell(what: str, results: Rounds, one: str, other: str, goal: Goal) -> None:
    for name in results:
        print(turns.line(name, results))
    ratio = turns.ratio(results, one, other)
    print(f"  B9 {what}: {ratio:.2f} ({goal.verdict(ratio)})", flush=True)
