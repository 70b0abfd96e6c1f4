"""When WeChat was last seen, and whether it seems to have given up on us.

WeChat stops pushing to who refuses or answers late too often, and says so nowhere
(wechat.md 3.4). It can only be suspected: nothing comes although at this time of the
day something usually does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.models import Account, CallbackSighting, RawPush, SightingKind

#: Without a push for so long an account may have gone silent.
SILENCE = timedelta(hours=3)
#: It has if so many of the last days had a push in these hours.
DAYS, USUAL = 7, 6
#: What went wrong around the last push may be why it was the last.
AROUND = timedelta(hours=1)
TROUBLES = (SightingKind.REFUSED, SightingKind.FAILED, SightingKind.LATE)


@dataclass(frozen=True, kw_only=True)
class Callback:
    """What was seen of WeChat."""

    last_push_at: datetime | None
    sightings: Mapping[SightingKind, CallbackSighting]
    #: Nothing came for hours in which something usually does.
    is_silent: bool
    #: What we did shortly before that WeChat may have taken amiss.
    suspects: tuple[SightingKind, ...]


def callback_of(session: Session, account: Account, *, now: datetime) -> Callback:
    """Return what was seen of WeChat, and what is suspected."""
    last_push_at = find_last_push(session, account)
    query = select(CallbackSighting).where(CallbackSighting.account_id == account.id)
    sightings = {SightingKind(one.kind): one for one in session.scalars(query)}
    silent = is_silent(session, account, last_push_at, now=now)
    return Callback(
        last_push_at=last_push_at,
        sightings=sightings,
        is_silent=silent,
        suspects=tuple(
            kind
            for kind in TROUBLES
            if silent
            and last_push_at
            and kind in sightings
            and sightings[kind].last_at > last_push_at - AROUND
        ),
    )


def find_last_push(session: Session, account: Account) -> datetime | None:
    """Return when a push of the account last reached us."""
    return session.scalar(
        select(func.max(RawPush.received_at)).where(RawPush.account_id == account.id)
    )


def is_silent(
    session: Session, account: Account, last_push_at: datetime | None, *, now: datetime
) -> bool:
    """Say whether nothing came in hours in which it did on nearly all days before."""
    if last_push_at is None or now - last_push_at < SILENCE:
        return False
    days = (now - timedelta(days=number) for number in range(1, DAYS + 1))
    return sum(_had_pushes(session, account, until) for until in days) >= USUAL


def _had_pushes(session: Session, account: Account, until: datetime) -> bool:
    query = select(RawPush.id).where(
        RawPush.account_id == account.id,
        RawPush.received_at > until - SILENCE,
        RawPush.received_at <= until,
    )
    return session.scalar(query.limit(1)) is not None
