"""Every night: who follows by WeChat's list, compared with who does by our pushes.

WeChat sends a push three times and then never again, so some follows and unfollows are
lost. What differs is asked about one by one before it is corrected: people come and go
while the list is read.
"""

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.accounts import follower_list
from wxchannels.accounts.asking import describe
from wxchannels.ledger import corrections, followers
from wxchannels.ledger.corrections import Sighting
from wxchannels.ledger.identity import hash_openid
from wxchannels.models import Account, CorrectionKind, Follower, ListRun, ListRunKind
from wxchannels.wechat.client import MAX_USERS, UserInfo, WeChatClient

Clock = Callable[[], datetime]
#: People of ours that are looked at in one statement.
PAGE = 1000


class Listed:
    """Who is on the list: nine bytes a person, so that a million fit in memory."""

    def __init__(self) -> None:
        self._buckets = [array("Q") for _ in range(1 << 12)]

    def add(self, openid_hash: bytes) -> None:
        """Note one."""
        self._bucket(openid_hash).append(_number(openid_hash))

    def __contains__(self, openid_hash: bytes) -> bool:
        return _number(openid_hash) in self._bucket(openid_hash)

    def _bucket(self, openid_hash: bytes) -> "array[int]":
        return self._buckets[int.from_bytes(openid_hash[:2]) >> 4]


def _number(openid_hash: bytes) -> int:
    """Return what tells apart people of one bucket; all of it are 76 bits of a hash."""
    return int.from_bytes(openid_hash[2:10])


def last_comparison(session: Session, account: Account) -> ListRun | None:
    """Return the last comparison that came to its end."""
    query = select(ListRun).where(
        ListRun.account_id == account.id,
        ListRun.kind == ListRunKind.COMPARE,
        ListRun.finished_at.is_not(None),
    )
    return session.scalars(query.order_by(ListRun.id.desc()).limit(1)).first()


def compare_list(
    session: Session, wechat: WeChatClient, account_id: int, *, erase: bool, now: Clock
) -> ListRun | None:
    """Correct who follows by WeChat's list; None before the list was imported.

    Its parts are committed; done again after a break, it corrects nobody twice.
    """
    account = session.get_one(Account, account_id)
    if account.followers_imported_at is None:
        session.rollback()
        return None
    run = follower_list.begin(session, account, ListRunKind.COMPARE, at=now())
    run.done_before = 0
    session.commit()
    comparison = _Comparison(session, wechat, account, run, erase=erase, now=now)
    comparison.read_list()
    comparison.read_ledger()
    found = corrections.count_corrections(session, account, since=run.started_at)
    run.missed_follows = found[CorrectionKind.FOLLOWS]
    run.missed_unfollows = found[CorrectionKind.LEFT]
    run.finished_at = now()
    session.commit()
    return run


class _Comparison:
    """One night's work."""

    def __init__(
        self,
        session: Session,
        wechat: WeChatClient,
        account: Account,
        run: ListRun,
        *,
        erase: bool,
        now: Clock,
    ) -> None:
        self.session, self.wechat, self.account = session, wechat, account
        self.run, self.erase, self.now = run, erase, now
        self.began_at = now()
        self.listed = Listed()

    def read_list(self) -> None:
        """Correct whoever is on the list and follows by none of our pushes."""
        batches = follower_list.read_list(self.wechat, "", choose=self._strangers)
        asked_at = self.now()
        for batch in batches:
            # Who left since the list was made is none of its followers.
            follows = [info for info in batch.people if info.subscribe]
            if follows:
                self._correct(follows, asked_at)
            if batch.next_openid is not None:
                follower_list.note_progress(self.run, batch)
                self.session.commit()
            asked_at = self.now()

    def read_ledger(self) -> None:
        """Correct whoever follows by our pushes and is not on the list."""
        after: bytes | None = b""
        while after is not None:
            missing, after = self._missing(after)
            for first in range(0, len(missing), MAX_USERS):
                asked_at = self.now()
                found = describe(self.wechat, missing[first : first + MAX_USERS])
                self._correct(found, asked_at)

    def _strangers(self, openids: Sequence[str]) -> Sequence[str]:
        """Note who is listed; return those who do not follow by our pushes."""
        pepper = self.account.pepper
        by_hash = {hash_openid(pepper, openid): openid for openid in openids}
        for openid_hash in by_hash:
            self.listed.add(openid_hash)
        known = followers.find_hashes(
            self.session, self.account.id, list(by_hash), Follower.following.is_(True)
        )
        self.session.rollback()
        return [openid for found, openid in by_hash.items() if found not in known]

    def _missing(self, after: bytes) -> tuple[list[str], bytes | None]:
        """Return who follows unlisted among the next people, and where to go on.

        In the order of the hashes, which every database reads off its unique key. Who
        came after the list was begun need not be on it, and of whom we know no openid
        WeChat cannot be asked.
        """
        query = (
            select(Follower.id, Follower.openid_hash)
            .where(
                Follower.account_id == self.account.id,
                Follower.openid_hash > after,
                Follower.following.is_(True),
                Follower.followed_at < self.began_at,
                Follower.openid.is_not(None),
            )
            .order_by(Follower.openid_hash)
            .limit(PAGE)
        )
        rows = self.session.execute(query).all()
        unlisted = [number for number, found in rows if found not in self.listed]
        names = select(Follower.openid).where(Follower.id.in_(unlisted))
        openids = [name for name in self.session.scalars(names) if name]
        self.session.rollback()
        return openids, rows[-1].openid_hash if rows else None

    def _correct(self, found: Sequence[UserInfo], asked_at: datetime) -> None:
        corrections.correct(
            self.session,
            self.account,
            [_sighting(info) for info in found],
            asked_at=asked_at,
            erase=self.erase,
            at=self.now(),
        )
        self.session.commit()


def _sighting(info: UserInfo) -> Sighting:
    since = info.subscribe_time if info.subscribe else None
    return Sighting(openid=info.openid, follows_since=since)
