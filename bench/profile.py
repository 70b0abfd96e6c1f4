"""Where a push's time goes: the view's steps, and each statement of a batch."""

import subprocess
from pathlib import Path

from bench import databases, product
from bench.servers import PYTHON, ROOT
from bench.turns import SERVER_CORE

KINDS = ("sqlite", "postgresql")


def main(folder: Path) -> None:
    """Print the steps, measured in a process of the product without a server."""
    for kind in (kind for kind in databases.available() if kind in KINDS):
        with product.on(kind, folder) as ours:
            print(f"profile: {kind}", flush=True)
            command = ["taskset", "--cpu-list", SERVER_CORE, str(PYTHON)]
            subprocess.run(
                [*command, "-m", "bench.steps"],
                env=dict(ours.environment),
                cwd=ROOT,
                check=True,
            )
