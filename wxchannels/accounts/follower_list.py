"""WeChat's list of followers, read a hundred people at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.accounts.asking import describe
from wxchannels.models import Account, ListRun, ListRunKind
from wxchannels.wechat.client import MAX_USERS, UserInfo, WeChatClient

#: Returns whom of some openids it is worth asking about.
Choose = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some people of the list."""

    #: What WeChat says of those who were asked about.
    people: Sequence[UserInfo]
    #: How many were read with this batch, and how many up to it on its page.
    count: int
    position: int
    total: int
    #: With the last batch of a page: where the next one begins, "" behind the list.
    next_openid: str | None


def read_list(wechat: WeChatClient, start: str, *, choose: Choose) -> Iterator[Batch]:
    """Read the list from the page behind `start`, a batch at a time.

    WeChat is asked whenever the next batch is: have no transaction open then.
    """
    is_last = False
    while not is_last:
        page = wechat.followers(start)
        # A page that names nobody is the last, and must not lead back to the first.
        is_last = not page.openids or page.next_openid in {"", start}
        start = "" if is_last else page.next_openid
        chosen = choose(page.openids)
        position, size = 0, len(page.openids)
        for first in range(0, len(chosen) or 1, MAX_USERS):
            openids = chosen[first : first + MAX_USERS]
            # Whom nobody has to ask about is read already.
            before, position = position, size - len(chosen) + first + len(openids)
            yield Batch(
                people=describe(wechat, openids) if openids else (),
                count=position - before,
                position=position,
                total=page.total,
                next_openid=start if position == size else None,
            )


def find_run(session: Session, account: Account, kind: ListRunKind) -> ListRun | None:
    """Return the last reading of the list of this kind, finished or not."""
    query = select(ListRun).where(ListRun.account_id == account.id)
    query = query.where(ListRun.kind == kind).order_by(ListRun.id.desc())
    return session.scalars(query.limit(1)).first()


def begin(
    session: Session, account: Account, kind: ListRunKind, *, at: datetime
) -> ListRun:
    """Return the reading that was not finished, or a new one."""
    run = find_run(session, account, kind)
    if run is None or run.finished_at is not None:
        run = ListRun(account_id=account.id, kind=kind, started_at=at)
        session.add(run)
        session.flush()
    return run


def note_progress(run: ListRun, batch: Batch) -> None:
    """Note how much of the list is read with `batch`."""
    run.done = run.done_before + batch.position
    run.total = max(batch.total, run.done)
    if batch.next_openid is not None:
        run.done_before = run.done
