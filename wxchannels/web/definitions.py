"""The ⓘ beside a number: which definitions a page needs."""

from collections.abc import Sequence

from flask import g

from wxchannels.reports.definitions import DEFINITIONS, Definition


def use(metric: str) -> Definition:
    """Return the metric's definition; the page will bring the text to show."""
    g.definitions_used = True
    return DEFINITIONS[metric]


def used() -> Sequence[tuple[str, Definition]]:
    """Return every definition if the page shows an ⓘ at all, else none.

    All of them, because a part that htmx brings later may name another metric.
    """
    return tuple(DEFINITIONS.items()) if g.get("definitions_used") else ()
