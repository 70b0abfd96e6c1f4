"""`sandbox`: a simulated WeChat to try things on."""

from pathlib import Path

import click
from flask.cli import AppGroup

from wxchannels.sandbox import server
from wxchannels.sandbox.app import create_sandbox

# It is an application of its own: ours is not needed to run it.
group = AppGroup("sandbox", help="Run a simulated WeChat.")


@group.command(with_appcontext=False)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5001, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Remember everything in this file.",
)
def run(host: str, port: int, state: Path | None) -> None:
    """Answer as WeChat's API does, with a phone page, until Ctrl-C."""
    click.echo(f"Simulated WeChat on http://{host}:{port}", err=True)
    server.serve(create_sandbox(state_file=state), host, port)
