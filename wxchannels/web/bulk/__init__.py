"""Many channels at once: paste, check, issue, take along."""

from wxchannels.web.bulk import order, run
from wxchannels.web.bulk.blueprint import bp

__all__ = ["bp", "order", "run"]
