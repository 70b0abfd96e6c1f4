"""Start the demo's processes, say where they are, and end them with us."""

import os
import sys
from collections.abc import Mapping

import click

from wxchannels.demo.processes import Processes, Stopped
from wxchannels.demo.settings import EMAIL, PASSWORD, PREFIX, Demo, DemoError, read_demo

WECHAT, PRODUCT, STORY = "The simulated WeChat", "The product", "The story"
WORKER = "The worker"
#: A flag that says yes.
YES = {"1", "yes", "true"}


def main() -> int:
    """Run until Ctrl-C or SIGTERM, and return the exit code."""
    try:
        demo = read_demo(os.environ)
        # Half a story, left by a run that was ended, would give odd figures.
        if not demo.is_seeded or os.environ.get("RESET", "").lower() in YES:
            demo.reset()
        _run(demo)
    except DemoError as error:
        click.echo(error, err=True)
        return 1
    except Stopped:
        click.echo("\nThe demo has ended.")
    return 0


def _run(demo: Demo) -> None:
    settings = demo.environment()
    with Processes(_child_environment(settings), demo.folder) as processes:
        processes.start(WECHAT, "wxchannels.demo.wechat")
        processes.start(PRODUCT, "granian", *_granian(demo))
        processes.start(STORY, "wxchannels.demo.seed")
        if not demo.is_seeded:
            click.echo("Opening channels and playing a month of scans …")
        processes.wait_for(PRODUCT, f"{demo.url}/healthz")
        processes.wait_for_end(STORY)
        # Now that the tables are there.
        processes.start(WORKER, "flask", "--app", "wsgi", "worker")
        _tell(demo, settings[PASSWORD])
        processes.wait()


def _granian(demo: Demo) -> list[str]:
    """Return how the product is served: one process, enough threads for a crowd."""
    return [
        *("--interface", "wsgi", "--no-ws", "--host", demo.host),
        *("--port", str(demo.port), "--workers", "1", "--blocking-threads", "16"),
        # A request half received must not keep a demo that is told to end.
        *("--workers-kill-timeout", "7", "wsgi:app"),
    ]


def _tell(demo: Demo, password: str) -> None:
    click.echo(
        f"""
  wxchannels   {demo.url}
  sign in as   {EMAIL}
  password     {password}   (unless you changed it)
  phone        {demo.sandbox_url}

  Ctrl-C ends the demo; `make demo RESET=1` begins again.
"""
    )


def _child_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the children: none of the shell's own settings."""
    shell = {
        name: value for name, value in os.environ.items() if not name.startswith(PREFIX)
    }
    return {**shell, **settings}


if __name__ == "__main__":
    sys.exit(main())
