"""The sandbox's time, which people may move."""

from collections.abc import Callable
from datetime import datetime, timedelta


class SettableClock:
    """A clock that runs like `source` until somebody moves or stops it."""

    def __init__(self, source: Callable[[], datetime]) -> None:
        self._source = source
        self.ahead_seconds = 0.0
        self.stopped_at: datetime | None = None

    def now(self) -> datetime:
        """Return the simulated moment, aware and in UTC."""
        if self.stopped_at is not None:
            return self.stopped_at
        return self._source() + timedelta(seconds=self.ahead_seconds)

    def seconds(self) -> int:
        """Return the simulated moment as WeChat writes it."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        if self.stopped_at is not None:
            self.stopped_at += timedelta(seconds=seconds)
        else:
            self.ahead_seconds += seconds

    def set_to(self, moment: datetime) -> None:
        """Make it `moment` now; the clock runs on from there."""
        self.stopped_at = None
        self.ahead_seconds = (moment - self._source()).total_seconds()

    def stop_at(self, moment: datetime) -> None:
        """Make it `moment` until somebody moves the clock again."""
        self.stopped_at = moment
