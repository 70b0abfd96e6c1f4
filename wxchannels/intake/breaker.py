"""Whether waiting for the database is worth it."""

import logging

log = logging.getLogger(__name__)


class Breaker:
    """Open while the database does not take pushes: they go to the spool at once."""

    def __init__(self) -> None:
        self.is_open = False

    def trip(self) -> None:
        """Note that the database failed us."""
        if not self.is_open:
            log.warning("database away: pushes go to the spool")
        self.is_open = True

    def close(self) -> None:
        """Note that it takes pushes again."""
        if self.is_open:
            log.warning("database back: pushes go to the ledger")
        self.is_open = False
