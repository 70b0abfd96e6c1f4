"""The accounts as the callback knows them: in memory, so that a push needs no query."""

import threading
import time
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wxchannels.database import transactions
from wxchannels.models import Account, Mode

#: How old the list may grow, and how soon a stranger's push may ask for a new one.
FRESH_SECONDS = 1.0
RELOAD_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class CallbackKeys:
    """What it takes to read an account's pushes and to answer them."""

    account_id: int
    slug: str
    app_id: str
    token: str
    #: The current key, then the one before it.
    aes_keys: tuple[str, ...]
    mode: Mode
    is_verified: bool


class Directory:
    """The accounts by slug. Keeps what it knows while the database is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._accounts: dict[str, CallbackKeys] = {}
        self._loaded_at = float("-inf")
        #: Whether the database ever told who there is.
        self.is_loaded = False

    def find(self, slug: str | None) -> CallbackKeys | None:
        """Return the account called `slug`, or the only one where no slug is given."""
        self._refresh(FRESH_SECONDS)
        found = self._look_up(slug)
        if found is None:
            self._refresh(RELOAD_SECONDS)
            found = self._look_up(slug)
        return found

    def changed(self) -> bool:
        """Read the accounts again after a push that we could not verify.

        Says whether it was time to: forged pushes must not make us query for each.
        """
        return self._refresh(RELOAD_SECONDS)

    def _look_up(self, slug: str | None) -> CallbackKeys | None:
        accounts = self._accounts
        if slug is not None:
            return accounts.get(slug)
        return next(iter(accounts.values())) if len(accounts) == 1 else None

    def _refresh(self, age: float) -> bool:
        with self._lock:
            if time.monotonic() - self._loaded_at < age:
                return False
            self._loaded_at = time.monotonic()
            try:
                self._accounts = self._read()
            except SQLAlchemyError:
                return False
            self.is_loaded = True
            return True

    def _read(self) -> dict[str, CallbackKeys]:
        # Even within a POST: waiting for the writers would keep every push waiting.
        with transactions(write=False), Session(self._engine) as session:
            return {
                account.slug: CallbackKeys(
                    account_id=account.id,
                    slug=account.slug,
                    app_id=account.app_id,
                    token=account.token,
                    aes_keys=tuple(
                        key
                        for key in (account.aes_key, account.previous_aes_key)
                        if key
                    ),
                    mode=Mode(account.mode),
                    is_verified=account.verified_at is not None,
                )
                for account in session.scalars(select(Account))
            }
