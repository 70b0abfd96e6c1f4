"""Who followed before we came, taken over from WeChat's follower list."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from wxchannels.ledger import followers
from wxchannels.ledger.days import hold_days
from wxchannels.ledger.histories import refold
from wxchannels.ledger.identity import hash_openid
from wxchannels.models import Account, Follower

#: People a statement names at once; databases limit its parameters.
CHUNK = 500


def seed(
    session: Session,
    account: Account,
    listed: Sequence[tuple[str, datetime]],
    *,
    erase: bool = True,
    at: datetime,
) -> None:
    """Take over each listed openid with its `subscribe_time`, once.

    Known before is who followed before WeChat's first verified callback; a later
    time is a follow that we missed. Whoever was taken over before stays as they are:
    WeChat only tells of a person's latest follow (wechat.md 4.3, point 13). With
    `erase`, who left while the list was read leaves no openid behind.
    """
    for first in range(0, len(listed), CHUNK):
        chunk = dict(listed[first : first + CHUNK])
        _seed(session, account, chunk, erase=erase, at=at)


def list_strangers(
    session: Session, account: Account, openids: Sequence[str]
) -> list[str]:
    """Return those of `openids` who were not taken over yet, in the same order."""
    by_hash = {hash_openid(account.pepper, openid): openid for openid in openids}
    taken = Follower.subscribed_at.is_not(None)
    known = followers.find_hashes(session, account.id, list(by_hash), taken)
    return [openid for found, openid in by_hash.items() if found not in known]


def _seed(
    session: Session,
    account: Account,
    listed: dict[str, datetime],
    *,
    erase: bool,
    at: datetime,
) -> None:
    account = hold_days(session, account.id)
    by_hash = {hash_openid(account.pepper, openid): openid for openid in listed}
    people = followers.meet(session, account.id, by_hash, at=at)
    fresh = [locked for locked in people.values() if locked.subscribed_at is None]
    openids = {locked.id: by_hash[locked.openid_hash] for locked in fresh}
    verified_at = account.verified_at
    changes = []
    for locked in fresh:
        subscribed_at = listed[openids[locked.id]]
        known = verified_at is None or subscribed_at < verified_at
        values = {"subscribed_at": subscribed_at, "known_before": known}
        changes.append({"id": locked.id, **values})
    if not changes:
        return
    session.execute(update(Follower), changes)
    again = followers.meet(session, account.id, by_hash, at=at)
    seeded = [locked for locked in again.values() if locked.id in openids]
    refold(session, account, seeded, {}, openids, erase=erase)
