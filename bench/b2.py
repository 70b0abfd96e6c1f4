"""B2: the intake against what a customer could pick instead, on the same server.

Each does the same work in the same kind of database, one at a time, in turns.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from bench import databases, product, pushes, servers, turns
from bench.goals import Goal
from bench.servers import ROOT, Server
from bench.turns import SERVER_CORE, Rounds, Side

GOAL = Goal(4, 6)
OURS = "wxchannels"
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
KINDS = ("sqlite", "postgresql")
ROUNDS = 3


@dataclass(frozen=True)
class Peer:
    """Another way to take pushes in: what is served, and what makes its tables."""

    target: str
    set_up: str


PEERS = {
    "WeRoBot": Peer("bench.peers.werobot_app:app", "bench.peers.records"),
    "wechatpy + Flask": Peer("bench.peers.wechatpy_app:app", "bench.peers.records"),
    "Django + ORM": Peer(
        "bench.peers.django_site.wsgi:app", "bench.peers.django_site.wsgi"
    ),
}


def main(folder: Path) -> None:
    """Print our rate by each peer's, on each database."""
    if not PYTHON.exists():
        raise SystemExit("`make bench` sets up what we compare with")
    for kind in (kind for kind in databases.available() if kind in KINDS):
        results = _compare(kind, folder)
        print(f"B2: intake ÷ peers doing the same work, {kind}")
        for name in results:
            print(turns.line(name, results))
        for name in PEERS:
            ratio = turns.ratio(results, OURS, name)
            by_cpu = turns.cpu_ratio(results, OURS, name)
            verdict = GOAL.verdict(ratio)
            print(f"  B2 {kind} ÷ {name}: {ratio:.1f}, by CPU {by_cpu:.1f} ({verdict})")


def _compare(kind: str, folder: Path) -> Rounds:
    with ExitStack() as stack:
        ours = stack.enter_context(product.on(kind, folder))
        serving = servers.serving("wsgi:app", ours.environment, cores=SERVER_CORE)
        server = stack.enter_context(serving)
        sides: dict[str, Side] = {OURS: (server, ours.counting(pushes.follows()))}
        urls = {}
        for name, peer in PEERS.items():
            urls[name] = stack.enter_context(databases.fresh(kind, folder))
            server = stack.enter_context(_serving(peer, urls[name]))
            sides[name] = server, pushes.follows()
        results = turns.take(sides, rounds=ROUNDS)
        ours.check()
        for name, url in urls.items():
            _check(name, url, sum(result.answered for result in results[name]))
        return results


@contextmanager
def _serving(peer: Peer, url: str) -> Iterator[Server]:
    environment = {**os.environ, "PEER_DATABASE_URL": url}
    environment.pop("VIRTUAL_ENV", None)
    subprocess.run(
        [str(PYTHON), "-m", peer.set_up], env=environment, cwd=ROOT, check=True
    )
    serving = servers.serving(
        peer.target, environment, cores=SERVER_CORE, python=PYTHON
    )
    with serving as server:
        yield server


def _check(name: str, url: str, answered: int) -> None:
    """Fail where a peer did not do the work: it holds those of the warming up too."""
    engine = create_engine(url)
    with engine.connect() as connection:
        stored = connection.scalar(text("SELECT count(*) FROM push")) or 0
        counted = connection.scalar(text("SELECT sum(new_follows) FROM day_counter"))
    engine.dispose()
    if stored < answered or counted != stored:
        raise SystemExit(f"{name}: {answered} answered, {stored} stored, {counted}")
