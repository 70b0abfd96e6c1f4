"""`worker`: does the outside work; any number may run."""

import logging

import click
from flask.cli import ScriptInfo, pass_script_info

from wxchannels.worker.consumer import THREADS, run_worker


@click.command()
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=THREADS,
    show_default=True,
    help="How many tasks are done at the same time.",
)
@pass_script_info
def worker(info: ScriptInfo, threads: int) -> None:
    """Do what waits: looked-up scenes, tags, codes in bulk, retention.

    Any number may run, on any host. SIGTERM ends it within ten seconds; a worker that
    is killed loses nothing.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    run_worker(info.load_app(), threads=threads)
