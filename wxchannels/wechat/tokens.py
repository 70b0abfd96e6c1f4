"""The access token: one for the account, shared by everybody who works for it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

#: When fewer seconds than this remain, WeChat hands out the next token and both work.
_OVERLAP = 300


@dataclass(frozen=True)
class Token:
    """An access token as WeChat just gave it."""

    value: str = field(repr=False)
    expires_in: int

    @property
    def good_for(self) -> float:
        """Seconds until it is time to ask for the next one."""
        return self.expires_in - min(_OVERLAP, self.expires_in / 10)


class TokenStore(Protocol):
    """Where the account's token is kept."""

    def token(self, fetch: Callable[[], Token], *, stale: str | None = None) -> str:
        """Return a good token other than `stale`; ask WeChat with `fetch` if needed.

        Among all who share the store one asks, and the others get what it was given.
        """
        ...


class MemoryTokenStore:
    """A token shared by the threads of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._value: str | None = None
        self._good_until = 0.0

    def token(self, fetch: Callable[[], Token], *, stale: str | None = None) -> str:
        """Return a good token other than `stale`."""
        with self._lock:
            is_good = self._clock() < self._good_until
            if self._value is not None and self._value != stale and is_good:
                return self._value
            fetched = fetch()
            self._value = fetched.value
            self._good_until = self._clock() + fetched.good_for
            return fetched.value
