"""The access token of an account, shared by any number of processes.

WeChat gives an account one token. Whoever finds it stale takes a lease on its row
with a compare-and-set, asks WeChat with no transaction open, and writes the answer
only while the lease is still theirs; the others wait for it.
"""

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from wxchannels import database
from wxchannels.models import AccessToken, RenewalReason, TokenRenewal
from wxchannels.models.access import HOLDER_LENGTH, WORDS_LENGTH
from wxchannels.wechat.errors import WeChatRefusedError, WeChatUnavailableError
from wxchannels.wechat.tokens import Token

#: Longer than a token call can take; a holder that died is overtaken after it.
LEASE_SECONDS = 20.0
#: How long one caller waits for another's answer: past the lease of a dead holder.
WAIT_SECONDS = 25.0
POLL_SECONDS = 0.05

#: How many renewals are kept of an account: some days of them.
KEPT_RENEWALS = 50

TokenRow = Row[str | None, datetime | None, int, datetime | None]


class DatabaseTokenStore:
    """Keeps the token of one account in its row, for all processes together."""

    def __init__(
        self,
        engine: Engine,
        account_id: int,
        *,
        now: Callable[[], datetime],
        lease_seconds: float = LEASE_SECONDS,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._engine = engine
        self._account_id = account_id
        self._now = now
        self._lease = timedelta(seconds=lease_seconds)
        self._wait_seconds = wait_seconds

    def token(self, fetch: Callable[[], Token], *, stale: str | None = None) -> str:
        """Return a token other than `stale`, asking WeChat by `fetch` if need be.

        Asks only while no other process does; otherwise waits for its answer.
        """
        deadline = time.monotonic() + self._wait_seconds
        while time.monotonic() < deadline:
            row = self._read()
            if row is None:
                self._add_row()
            elif row.value and row.value != stale and self._now() < row.expires_at:
                return str(row.value)
            elif self._is_leased(row.leased_until):
                time.sleep(POLL_SECONDS)
            elif self._take_lease(row.version):
                return self._renew(fetch, row)
        raise WeChatUnavailableError("another process is still renewing the token")

    def _renew(self, fetch: Callable[[], Token], row: TokenRow) -> str:
        """Ask WeChat, and keep the answer unless the lease was overtaken meanwhile."""
        asked_at = self._now()
        values: dict[str, object] = {}
        renewal = _renewal(row, asked_at)
        try:
            token = fetch()
            good_until = asked_at + timedelta(seconds=token.good_for)
            values = {"value": token.value, "expires_at": good_until}
            renewal["good_for_seconds"] = int(token.good_for)
        except WeChatRefusedError as error:
            renewal |= {"errcode": error.errcode, "error": error.errmsg[:WORDS_LENGTH]}
            raise
        except WeChatUnavailableError as trouble:
            renewal["error"] = str(trouble)[:WORDS_LENGTH]
            raise
        finally:
            # A failed call gives the lease back, so that the next caller may try.
            self._write(row.version + 1, **values, lease_holder=None, leased_until=None)
            self._note(renewal)
        return token.value

    def _note(self, renewal: dict[str, object]) -> None:
        """Keep when and why WeChat was asked, if possible, of the last times only."""
        mine = TokenRenewal.account_id == self._account_id
        last = select(TokenRenewal.id).where(mine).order_by(TokenRenewal.id.desc())
        with (
            suppress(SQLAlchemyError, OSError),
            self._transaction(writes=True) as connection,
        ):
            connection.execute(
                insert(TokenRenewal).values(account_id=self._account_id, **renewal)
            )
            old = connection.scalar(last.offset(KEPT_RENEWALS).limit(1))
            if old is not None:
                connection.execute(
                    delete(TokenRenewal).where(mine, TokenRenewal.id <= old)
                )

    def _is_leased(self, until: datetime | None) -> bool:
        """Say whether somebody is renewing; a host whose clock is wrong and that died
        must not keep the others waiting for a day.
        """  # noqa: D205 - one sentence
        now = self._now()
        return until is not None and now < until <= now + 2 * self._lease

    def _take_lease(self, version: int) -> bool:
        until = self._now() + self._lease
        holder = str(uuid.uuid4())
        return self._write(version, lease_holder=holder, leased_until=until)

    def _write(self, version: int, **values: object) -> bool:
        """Change the row if nobody else did since `version`; say whether it changed."""
        with self._transaction(writes=True) as connection:
            result = connection.execute(
                update(AccessToken)
                .where(AccessToken.account_id == self._account_id)
                .where(AccessToken.version == version)
                .values(version=version + 1, **values)
            )
        return bool(result.rowcount)

    def _read(self) -> TokenRow | None:
        row = select(
            AccessToken.value,
            AccessToken.expires_at,
            AccessToken.version,
            AccessToken.leased_until,
        ).where(AccessToken.account_id == self._account_id)
        with self._transaction(writes=False) as connection:
            return connection.execute(row).one_or_none()

    def _add_row(self) -> None:
        row = insert(AccessToken).values(account_id=self._account_id, version=0)
        try:
            with self._transaction(writes=True) as connection:
                connection.execute(row)
        except IntegrityError:
            # Another process added it first; this time we will read it. An account
            # that does not exist must not be tried for ever.
            if self._read() is None:
                raise

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        """Open a short transaction of our own, apart from the request's."""
        before = database.writing.set(writes)
        try:
            with self._engine.begin() as connection:
                yield connection
        finally:
            database.writing.reset(before)


def _renewal(row: TokenRow, at: datetime) -> dict[str, object]:
    """Return who asks for another token than the row's, and why."""
    reason, left = RenewalReason.FIRST, None
    if row.value and row.expires_at is not None:
        left = max(0, int((row.expires_at - at).total_seconds()))
        reason = RenewalReason.REFUSED if left else RenewalReason.EXPIRED
    holder = f"{socket.gethostname()}:{os.getpid()}"
    return {
        "at": at,
        "holder": holder[-HOLDER_LENGTH:],
        "reason": reason,
        "left_seconds": left,
        "error": "",
    }
