"""A line on standard error that says how far a command is, where somebody watches."""

import sys

import click

CLEAR = "\r\x1b[K"


class Watched:
    """Shows one line that is written over; nothing where it would fill a log."""

    def __init__(self) -> None:
        self._watches = sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Write `text` over what was shown before."""
        if self._watches:
            click.echo(CLEAR + text, nl=False, err=True)

    def clear(self) -> None:
        """Take the line away, before something else is written."""
        self.show("")
