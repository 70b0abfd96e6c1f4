"""Whether an account's pushes reach us, and what waits for a person. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.access.callback import find_last_push, is_silent
from wxchannels.access.renewals import is_spoilt
from wxchannels.accounts.checklist import token_failed, token_works
from wxchannels.models import AccessToken, Account, RawPush
from wxchannels.outbox.standing import Lag, lag
from wxchannels.webhooks.endpoints import count_paused

#: Even a small account hears of somebody within this time.
QUIET = timedelta(hours=24)
#: A worker looks every second; busy ones are given some minutes.
BEHIND = timedelta(minutes=10)


class TokenState(StrEnum):
    """What we know of the account's access token."""

    WORKS = "works"
    FAILED = "failed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, kw_only=True)
class Health:
    """How an account's connection is doing."""

    is_verified: bool
    last_push_at: datetime | None
    #: Nothing has come for longer than is usual.
    is_quiet: bool
    token: TokenState
    token_expires_at: datetime | None
    #: Pushes that broke their handler and wait for a person.
    parked: int
    #: Nothing has come for hours in which something usually does.
    is_silent: bool
    #: Somebody else seems to make our tokens worthless.
    is_spoilt: bool
    #: Webhooks that were given up until a person says that they work again.
    paused_webhooks: int
    #: What the workers have to do for the account.
    work: Lag

    @property
    def is_well(self) -> bool:
        """Say whether nobody needs to do anything."""
        token = self.token is TokenState.WORKS and not self.is_spoilt
        pushes = self.is_verified and not (self.is_quiet or self.is_silent)
        waits = self.parked or self.paused_webhooks
        return token and pushes and not waits and not self.needs_work

    @property
    def needs_work(self) -> bool:
        """Say whether work is parked, or waits for longer than a worker lets it."""
        return self.work.parked > 0 or self.work.seconds > BEHIND.total_seconds()


def account_health(session: Session, account: Account, *, now: datetime) -> Health:
    """Return how the connection of `account` is doing."""
    parked = select(func.count(RawPush.id)).where(
        RawPush.account_id == account.id, RawPush.parked_at.is_not(None)
    )
    token = session.get(AccessToken, account.id)
    last_push_at = find_last_push(session, account)
    return Health(
        is_verified=account.verified_at is not None,
        last_push_at=last_push_at,
        is_quiet=last_push_at is not None and now - last_push_at > QUIET,
        is_silent=is_silent(session, account, last_push_at, now=now),
        is_spoilt=is_spoilt(session, account, now=now),
        token=_token_state(account),
        token_expires_at=token.expires_at if token else None,
        parked=session.scalar(parked) or 0,
        paused_webhooks=count_paused(session, account),
        work=lag(session, account.id, now=now),
    )


def _token_state(account: Account) -> TokenState:
    if token_failed(account):
        return TokenState.FAILED
    return TokenState.WORKS if token_works(account) else TokenState.UNCHECKED
