"""Where every account stands, for the person on call. Reads only, and little."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.models import AccessToken, Account, RawPush

LAST_PUSH = (
    select(func.max(RawPush.received_at))
    .where(RawPush.account_id == Account.id)
    .scalar_subquery()
)
STANDINGS = (
    select(
        Account.slug,
        Account.verified_at,
        LAST_PUSH,
        AccessToken.expires_at,
        Account.token_checked_at,
        Account.token_errcode.is_not(None) | Account.token_error.is_not(None),
    )
    .outerjoin(AccessToken, AccessToken.account_id == Account.id)
    .order_by(Account.slug)
)


@dataclass(frozen=True, kw_only=True)
class AccountStanding:
    """What is known of an account's connection. Nothing of it is a secret."""

    slug: str
    is_verified: bool
    last_push_at: datetime | None
    token_expires_at: datetime | None
    #: None until WeChat was asked once.
    token_works: bool | None


def account_standings(session: Session) -> Sequence[AccountStanding]:
    """Return where every account stands: one question, answered by an index."""
    return [
        AccountStanding(
            slug=slug,
            is_verified=verified_at is not None,
            last_push_at=last_push_at,
            token_expires_at=expires_at,
            token_works=None if checked_at is None else not is_refused,
        )
        for slug, verified_at, last_push_at, expires_at, checked_at, is_refused in (
            session.execute(STANDINGS)
        )
    ]
