"""How many calls a day WeChat allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wxchannels.sandbox.errors import RefusedError

#: What a new account may call in a day (wechat.md 9.6).
DAILY_LIMITS: Mapping[str, int] = {
    "/cgi-bin/token": 2000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/menu/create": 1000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/user/info/batchget": 5_000_000,
    "/cgi-bin/message/custom/send": 500_000,
}
UNLIMITED = 10_000_000
CLEARS_PER_MONTH = 10
#: WeChat's days are days in Shanghai, which has no summer time.
SHANGHAI_SECONDS = 8 * 3600
DAY_SECONDS = 86400


def shanghai_day(at: int) -> int:
    """Return the number of the day in Shanghai that `at` lies in."""
    return (at + SHANGHAI_SECONDS) // DAY_SECONDS


@dataclass
class QuotaBook:
    """What one account has used today."""

    limits: dict[str, int] = field(default_factory=dict)
    day: int = 0
    used: dict[str, int] = field(default_factory=dict)
    cleared_at: list[int] = field(default_factory=list)

    def limit(self, path: str) -> int:
        """Return how often `path` may be called in a day."""
        return self.limits.get(path, DAILY_LIMITS.get(path, UNLIMITED))

    def used_today(self, path: str, at: int) -> int:
        """Return how often `path` was called today."""
        return self.used.get(path, 0) if self.day == shanghai_day(at) else 0

    def spend(self, path: str, at: int) -> None:
        """Count a call, or refuse it because the day's quota is used up."""
        used = self.used_today(path, at)
        if used >= self.limit(path):
            raise RefusedError(45009, "reach max api daily quota limit")
        if self.day != shanghai_day(at):
            self.day, self.used = shanghai_day(at), {}
        self.used[path] = used + 1

    def clear(self, at: int) -> None:
        """Start the day's quotas again; ten times in a month."""
        month = [moment for moment in self.cleared_at if moment > at - 30 * DAY_SECONDS]
        if len(month) >= CLEARS_PER_MONTH:
            raise RefusedError(
                48006, "forbid to clear quota because of reaching the limit"
            )
        self.cleared_at.append(at)
        self.used = {}
