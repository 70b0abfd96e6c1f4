"""The accounts as the callback knows them: in memory, so that a push needs no query.

Read again in the background, because a database that hangs must not hold up a push,
and kept in a sealed file, so that a server that starts while the database is away knows
whose pushes it gets.
"""

import json
import logging
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wxchannels.columns import UnreadableSecretError, keyring
from wxchannels.database import transactions
from wxchannels.models import Account, Mode

log = logging.getLogger(__name__)

#: How old the list may grow, and how soon a stranger's push may ask for a new one.
FRESH_SECONDS = 1.0
RELOAD_SECONDS = 0.1
#: How long a reading may take before another one begins beside it.
HUNG_SECONDS = 10.0
#: How long whoever closes the directory waits for a reading.
CLOSE_SECONDS = 5.0
PURPOSE = "spool.accounts"


@dataclass(frozen=True, kw_only=True)
class CallbackKeys:
    """What it takes to read an account's pushes and to answer them."""

    account_id: int
    slug: str
    app_id: str
    #: The current one, then the one before it; of tokens and of keys.
    tokens: tuple[str, ...]
    aes_keys: tuple[str, ...]
    mode: Mode
    is_verified: bool
    #: For the variables of replies. The sealed file of an older version has none.
    name: str = ""
    time_zone: str = "Asia/Shanghai"


Accounts = dict[str, CallbackKeys]
NAMES = {field.name for field in fields(CallbackKeys)}


class Directory:
    """The accounts by slug. Keeps what it knows while the database is away."""

    def __init__(self, engine: Engine, file: Path, *, deadline: float) -> None:
        self._engine = engine
        #: How long a push waits for the list where it cannot be answered without.
        self._deadline = deadline
        self._file = file
        self._lock = threading.Lock()
        self._accounts: Accounts = {}
        self._asked_at = float("-inf")
        self._reading: Future[None] | None = None
        self._was_told = False
        self._is_known = False

    @property
    def is_current(self) -> bool:
        """Say whether the database told who there is when it was asked last."""
        reading = self._reading
        return self._was_told and reading is not None and reading.done()

    def is_known(self) -> bool:
        """Say whether the list was ever read, here or from the file of this host."""
        if not self._is_known:
            self.read_again()
        return self._is_known

    def find(self, slug: str | None) -> CallbackKeys | None:
        """Return the account called `slug`, or the only one where no slug is given."""
        self._ask(FRESH_SECONDS)
        found = self.look_up(slug)
        if found is None:
            self.read_again()
            found = self.look_up(slug)
        return found

    def read_again(self) -> None:
        """Read the accounts once more, for a stranger or a push we cannot verify.

        Unless it was done a moment ago: forged pushes must not cost a query each.
        """
        self._ask(RELOAD_SECONDS)
        reading = self._reading
        if reading is not None:
            # Counted from when it began: where the database hangs, the first push
            # waits for all.
            left = self._asked_at + self._deadline - time.monotonic()
            with suppress(TimeoutError):
                reading.result(timeout=max(0.0, left))

    def look_up(self, slug: str | None) -> CallbackKeys | None:
        """Return the same of what is known, without asking anybody."""
        accounts = self._accounts
        if slug is not None:
            return accounts.get(slug)
        return next(iter(accounts.values())) if len(accounts) == 1 else None

    def close(self) -> None:
        """Let the reading that goes on come to its end, if that is soon."""
        if self._reading is not None:
            with suppress(TimeoutError):
                self._reading.result(timeout=CLOSE_SECONDS)

    def _ask(self, age: float) -> None:
        with self._lock:
            now = time.monotonic()
            is_reading = self._reading is not None and not self._reading.done()
            if now - self._asked_at < (HUNG_SECONDS if is_reading else age):
                return
            self._asked_at, self._reading = now, Future()
            # Of its own: whatever hangs, in this process or the one it was forked
            # from, must not keep us from asking ever again.
            reader = threading.Thread(
                target=self._read, args=(self._reading,), name="accounts", daemon=True
            )
            reader.start()

    def _read(self, reading: "Future[None]") -> None:
        accounts = None
        try:
            accounts = _from_database(self._engine)
        except Exception as error:  # noqa: BLE001 - the thread's edge: whatever it is, we go on with what we know
            log.warning("accounts not read: %s", type(error).__name__)
        try:
            # One that hung is late: another knows better by now.
            if reading is self._reading:
                self._take(accounts)
        except Exception as error:  # noqa: BLE001 - the thread's edge: the file of what we know is broken, not what we know
            log.warning("accounts' file not used: %s", type(error).__name__)
        finally:
            # Whatever becomes of the file: who waits for the reading waits no longer.
            reading.set_result(None)

    def _take(self, accounts: Accounts | None) -> None:
        """Know what the database told, or go on with what was known before."""
        self._was_told = accounts is not None
        if accounts is None:
            self._accounts = self._accounts or _from_file(self._file)
            self._is_known = self._is_known or bool(self._accounts)
            return
        self._is_known = True
        before, self._accounts = self._accounts, accounts
        if accounts != before:
            _to_file(accounts, self._file)


def _from_database(engine: Engine) -> Accounts:
    # Even within a POST: waiting for the writers would keep every push waiting.
    with transactions(write=False), Session(engine) as session:
        return {
            account.slug: CallbackKeys(
                account_id=account.id,
                slug=account.slug,
                app_id=account.app_id,
                tokens=_known(account.token, account.previous_token),
                aes_keys=_known(account.aes_key, account.previous_aes_key),
                mode=Mode(account.mode),
                is_verified=account.verified_at is not None,
                name=account.name,
                time_zone=account.time_zone,
            )
            for account in session.scalars(select(Account))
        }


def _known(*secrets: str | None) -> tuple[str, ...]:
    return tuple(secret for secret in secrets if secret)


def _to_file(accounts: Accounts, file: Path) -> None:
    """Keep the accounts on this host, if its disk takes them."""
    plain = json.dumps([asdict(keys) for keys in accounts.values()]).encode()
    # Every process writes the same; none may read half of it.
    draft = file.with_name(f"{file.name}.{time.monotonic_ns()}")
    with suppress(OSError):
        draft.write_bytes(keyring.seal(plain, PURPOSE))
        draft.replace(file)


def _from_file(file: Path) -> Accounts:
    """Return the accounts as this host knew them last, none if it never did."""
    try:
        rows = json.loads(keyring.open(file.read_bytes(), PURPOSE))
        return {row["slug"]: _from_row(row) for row in rows}
    # Damaged, or sealed with a key that is gone.
    except (OSError, UnreadableSecretError, ValueError, TypeError, KeyError):
        return {}


def _from_row(row: dict[str, Any]) -> CallbackKeys:
    """Return what an older or newer version of ours wrote, as far as we know it.

    A host that is upgraded while the database is away goes on with it.
    """
    known = {name: row[name] for name in NAMES & row.keys()}
    secrets = {name: tuple(row[name]) for name in ("tokens", "aes_keys")}
    return CallbackKeys(**{**known, **secrets, "mode": Mode(row["mode"])})
