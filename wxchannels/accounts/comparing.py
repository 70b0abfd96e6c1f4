"""Every night: who follows by WeChat's list, compared with who does by our pushes.

WeChat sends a push three times and then never again, so some follows and unfollows are
lost. What differs is asked about one by one before it is corrected: people come and go
while the list is read. Stopped anywhere, it goes on there: first the list is read and
kept, page by page, then our own people are looked for in it, in the order of their
hashes.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.accounts import follower_list, listed
from wxchannels.accounts.asking import describe
from wxchannels.accounts.follower_list import Batch
from wxchannels.accounts.listed import Listed
from wxchannels.ledger import corrections, followers
from wxchannels.ledger.corrections import Sighting
from wxchannels.ledger.identity import hash_openid
from wxchannels.models import Account, CorrectionKind, Follower, ListRun, ListRunKind
from wxchannels.wechat.client import MAX_USERS, UserInfo, WeChatClient

Clock = Callable[[], datetime]
#: People of ours that are looked at in one statement.
PAGE = 1000
#: A list that was begun longer ago is read anew: most of what differs is news by then.
STALE = timedelta(hours=12)


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
) -> Iterator[None]:
    """Correct who follows by WeChat's list, from where it stopped; nothing before the
    list was imported.

    Each step given is committed; done again after a break, it corrects nobody twice.
    """  # noqa: D205 - one sentence
    account = session.get_one(Account, account_id)
    if account.followers_imported_at is None:
        session.rollback()
        return
    run = _begin(session, account, at=now())
    session.commit()
    comparison = _Comparison(session, wechat, account, run, erase=erase, now=now)
    yield from comparison.read_list()
    yield from comparison.read_ledger()
    _finish(session, account, run, at=now())
    session.commit()


def _begin(session: Session, account: Account, *, at: datetime) -> ListRun:
    run = follower_list.begin(session, account, ListRunKind.COMPARE, at=at)
    if at - run.started_at > STALE:
        listed.forget(session, run.id)
        run.started_at, run.done_before, run.pages = at, 0, 0
        run.next_openid = run.reached = None
    return run


def _finish(session: Session, account: Account, run: ListRun, *, at: datetime) -> None:
    found = corrections.count_corrections(session, account, since=run.started_at)
    run.missed_follows = found[CorrectionKind.FOLLOWS]
    run.missed_unfollows = found[CorrectionKind.LEFT]
    run.finished_at = at
    listed.forget(session, run.id)


class _Comparison:
    """One night's work, or what is left of it."""

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
        #: Who is on the page of the list that is being read.
        self.page: Sequence[bytes] = ()
        #: The part of the list that our people are looked for in.
        self.listed = Listed(-1, ())

    def read_list(self) -> Iterator[None]:
        """Correct whoever is on the list and follows by none of our pushes."""
        is_read, start = self.run.reached is not None, self.run.next_openid or ""
        self.session.rollback()
        if is_read:
            return
        batches = follower_list.read_list(self.wechat, start, choose=self._strangers)
        asked_at = self.now()
        for batch in batches:
            # Who left since the list was made is none of its followers.
            follows = [info for info in batch.people if info.subscribe]
            if follows:
                self._correct(follows, asked_at)
            if batch.next_openid is not None:
                self._keep_page(batch, batch.next_openid)
                self.session.commit()
            yield
            asked_at = self.now()

    def read_ledger(self) -> Iterator[None]:
        """Correct whoever follows by our pushes and is not on the list."""
        start = self.run.reached
        while start is not None and self._has_part_of(start):
            missing, start = self._missing(start)
            if missing:
                asked_at = self.now()
                self._correct(describe(self.wechat, missing), asked_at)
            if start is not None:
                self.run.reached = start
                self.session.commit()
                yield

    def _strangers(self, openids: Sequence[str]) -> Sequence[str]:
        """Note who is listed; return those who do not follow by our pushes."""
        pepper = self.account.pepper
        by_hash = {hash_openid(pepper, openid): openid for openid in openids}
        self.page = list(by_hash)
        known = followers.find_hashes(
            self.session, self.account.id, self.page, Follower.following.is_(True)
        )
        self.session.rollback()
        return [openid for found, openid in by_hash.items() if found not in known]

    def _keep_page(self, batch: Batch, next_openid: str) -> None:
        """Keep who is on the page that was read, and where to go on."""
        follower_list.note_progress(self.run, batch)
        listed.keep_page(self.session, self.run.id, self.run.pages, self.page)
        self.run.pages += 1
        self.run.next_openid = next_openid or None
        if not next_openid:
            self.run.reached = listed.FIRST

    def _has_part_of(self, openid_hash: bytes) -> bool:
        """Have the part of the list at hand, unless the comparison was ended.

        By somebody at the command line, who then deleted the list as well.
        """
        part = listed.part_of(openid_hash)
        if self.listed.part != part:
            self.listed = listed.read_part(self.session, self.run.id, part)
        self.session.refresh(self.run)
        return self.run.finished_at is None

    def _missing(self, start: bytes) -> tuple[list[str], bytes | None]:
        """Return who follows unlisted among the next people, and where to go on.

        As many as WeChat is asked about at once, in the order of the hashes, which
        every database reads off its unique key. Who came after the list was begun need
        not be on it, and of whom we know no openid WeChat cannot be asked.
        """
        query = select(Follower.id, Follower.openid_hash).where(
            Follower.account_id == self.account.id,
            Follower.openid_hash >= start,
            Follower.following.is_(True),
            Follower.followed_at < self.run.started_at,
            Follower.openid.is_not(None),
        )
        end = listed.end_of(self.listed.part)
        if end is not None:
            query = query.where(Follower.openid_hash < end)
        query = query.order_by(Follower.openid_hash).limit(PAGE)
        rows = self.session.execute(query).all()
        unlisted = [row for row in rows if row.openid_hash not in self.listed]
        asked = unlisted[:MAX_USERS]
        last = asked[-1:] if asked != unlisted else rows[PAGE - 1 :]
        names = select(Follower.openid).where(
            Follower.id.in_([one.id for one in asked])
        )
        openids = [name for name in self.session.scalars(names) if name]
        self.session.rollback()
        return openids, listed.after(last[0].openid_hash) if last else end

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
