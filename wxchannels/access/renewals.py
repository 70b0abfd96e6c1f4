"""When tokens were asked for and why: enough to tell that somebody else spoils them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.models import Account, RenewalReason, TokenRenewal

#: A token that dies once may be due to a new AppSecret; twice a day it is somebody.
DEATHS, WITHIN = 2, timedelta(days=1)
#: Clocks and overlaps explain no more.
EARLY_SECONDS = 600


def list_renewals(
    session: Session, account: Account, *, limit: int = 10
) -> Sequence[TokenRenewal]:
    """Return the last times that a token was asked for, the last first."""
    query = select(TokenRenewal).where(TokenRenewal.account_id == account.id)
    return session.scalars(query.order_by(TokenRenewal.id.desc()).limit(limit)).all()


def last_success(session: Session, account: Account) -> TokenRenewal | None:
    """Return when the token that we use was given, by whom asked for."""
    query = select(TokenRenewal).where(
        TokenRenewal.account_id == account.id,
        TokenRenewal.good_for_seconds.is_not(None),
    )
    return session.scalar(query.order_by(TokenRenewal.id.desc()).limit(1))


def count_deaths(session: Session, account: Account, *, now: datetime) -> int:
    """Return how many tokens WeChat refused long before their time, of late."""
    query = select(func.count(TokenRenewal.id)).where(
        TokenRenewal.account_id == account.id,
        TokenRenewal.reason == RenewalReason.REFUSED,
        TokenRenewal.left_seconds > EARLY_SECONDS,
        TokenRenewal.at > now - WITHIN,
    )
    return session.scalar(query) or 0


def is_spoilt(session: Session, account: Account, *, now: datetime) -> bool:
    """Say whether somebody else seems to make our tokens worthless."""
    return count_deaths(session, account, now=now) >= DEATHS
