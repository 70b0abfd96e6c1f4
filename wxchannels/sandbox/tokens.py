"""Access tokens of the two kinds, which know nothing of each other."""

import secrets
from dataclasses import dataclass, field

from wxchannels.sandbox.errors import RefusedError

LIFETIME_SECONDS = 7200
GRACE_SECONDS = 300
#: Two forced refreshes closer than this count as one (wechat.md 1.2).
FORCE_GAP_SECONDS = 30
FORCES_PER_DAY = 20
SHORTEST_TOKEN = 10

NOT_LATEST = (
    "invalid credential, access_token is invalid or not latest, could get "
    "access_token by getStableAccessToken, more details at "
    "https://mmbizurl.cn/s/JtxxFh33r"
)


@dataclass
class AccessToken:
    """A token, good until it expires by itself or is superseded."""

    value: str
    expires_at: int
    dead_at: int | None = None

    def is_good(self, at: int) -> bool:
        """Say whether the API takes this token."""
        return at < self.expires_at and (self.dead_at is None or at < self.dead_at)

    def die(self, at: int) -> None:
        """Stop being good from `at` on, if not earlier."""
        self.dead_at = at if self.dead_at is None else min(self.dead_at, at)


@dataclass
class TokenBook:
    """The tokens of one account."""

    minted: int = 0
    plain: list[AccessToken] = field(default_factory=list)
    stable: list[AccessToken] = field(default_factory=list)
    forced_at: list[int] = field(default_factory=list)

    def mint_plain(self, at: int) -> AccessToken:
        """Make a token of /cgi-bin/token; the one before works five minutes more."""
        for token in self.plain:
            token.die(at + GRACE_SECONDS)
        return self._mint(self.plain, "A", at)

    def give_stable(self, at: int, *, force: bool) -> AccessToken:
        """Return the token of /cgi-bin/stable_token, the same one while it lasts."""
        current = self.stable[-1] if self.stable else None
        if force and self._may_force(at):
            self.forced_at.append(at)
            for token in self.stable:
                token.die(at)
            return self._mint(self.stable, "B", at)
        lasts = current is not None and current.expires_at - at >= GRACE_SECONDS
        if current and lasts and current.is_good(at):
            return current
        # Less than five minutes left: a new one, and the old one runs out by itself.
        return self._mint(self.stable, "B", at)

    def _may_force(self, at: int) -> bool:
        """Say whether a forced refresh happens now, or refuse it for the day."""
        if self.forced_at and at - self.forced_at[-1] < FORCE_GAP_SECONDS:
            return False
        today = [moment for moment in self.forced_at if moment > at - 86400]
        if len(today) >= FORCES_PER_DAY:
            raise RefusedError(45009, "reach max api daily quota limit")
        return True

    def steal(self, at: int) -> None:
        """Make every token useless, as if another system had refreshed it."""
        for token in [*self.plain, *self.stable]:
            token.die(at)

    def knows(self, value: str) -> bool:
        """Say whether this account ever had the token `value`."""
        return any(token.value == value for token in [*self.plain, *self.stable])

    def check(self, value: str, at: int) -> None:
        """Refuse a token that has expired or is not the latest any more."""
        for token in [*self.plain, *self.stable]:
            if token.value == value and not token.is_good(at):
                if token.dead_at is not None and token.dead_at <= at:
                    raise RefusedError(40001, NOT_LATEST)
                raise RefusedError(42001, "access_token expired")

    def _mint(self, tokens: list[AccessToken], kind: str, at: int) -> AccessToken:
        self.minted += 1
        value = f"{kind}{self.minted}_{secrets.token_urlsafe(90)}"
        tokens.append(AccessToken(value, at + LIFETIME_SECONDS))
        return tokens[-1]


def check_shape(value: str | None) -> str:
    """Refuse what cannot be a token at all."""
    if not value:
        raise RefusedError(41001, "access_token missing")
    if len(value) < SHORTEST_TOKEN or any(letter.isspace() for letter in value):
        raise RefusedError(40014, "invalid access_token")
    return value
