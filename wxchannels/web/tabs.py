"""Pages that belong together, shown as tabs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    """One of the pages."""

    url: str
    label: str
    is_current: bool
