"""Taking over who followed before we came.

Without it an old follower who leaves and returns would look like somebody new. Stopped
anywhere, the import goes on there, at the command line or in a worker.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.accounts import follower_list
from wxchannels.accounts.follower_list import Batch
from wxchannels.ledger import seeding
from wxchannels.models import Account, ListRun, ListRunKind, Task, TaskState
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask
from wxchannels.wechat.client import WeChatClient

KIND, SUBJECT = "import", "list"
Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the import stands: how far the list is read, and what is to come."""

    run: ListRun | None
    #: The work that is asked for, with WeChat's refusal of the last try.
    task: Task | None

    @property
    def is_under_way(self) -> bool:
        """Say whether a worker is at it, or will be."""
        return self.task is not None and self.task.state != TaskState.PARKED

    @property
    def has_failed(self) -> bool:
        """Say whether the last try ended with a refusal, or without an answer."""
        return self.task is not None and bool(self.task.error)


def import_standing(session: Session, account: Account) -> Standing:
    """Return how the import of the account's list stands."""
    return Standing(
        run=follower_list.find_run(session, account, ListRunKind.IMPORT),
        task=queue.find_open(session, account.id, KIND, SUBJECT),
    )


def start_import(session: Session, account: Account, *, now: datetime) -> None:
    """Have a worker import the list; what was parked gets a new try."""
    task = NewTask(account_id=account.id, kind=KIND, subject=SUBJECT, due_at=now)
    queue.add_tasks(session, [task])
    queue.hurry(session, account.id, KIND, SUBJECT, now=now)


def import_list(
    session: Session,
    wechat: WeChatClient,
    account_id: int,
    *,
    erase: bool = True,
    now: Clock,
) -> Iterator[Batch]:
    """Import the list from where it stopped; each batch given is committed.

    Pushes hold the account while they are counted, so it is written apart from them.
    """
    account = session.get_one(Account, account_id)
    start = account.import_next_openid or ""
    follower_list.begin(session, account, ListRunKind.IMPORT, at=now())
    session.commit()

    def choose(openids: Sequence[str]) -> Sequence[str]:
        strangers = seeding.list_strangers(session, account, openids)
        session.rollback()
        return strangers

    for batch in follower_list.read_list(wechat, start, choose=choose):
        _take_over(session, account, batch, erase=erase, at=now())
        session.commit()
        _note(session, account, batch, at=now())
        session.commit()
        yield batch


def _take_over(
    session: Session, account: Account, batch: Batch, *, erase: bool, at: datetime
) -> None:
    """Take over the people of `batch`; who left since it was listed is no follower."""
    rows = [
        (person.openid, person.subscribe_time)
        for person in batch.people
        if person.subscribe and person.subscribe_time
    ]
    seeding.seed(session, account, rows, erase=erase, at=at)


def _note(session: Session, account: Account, batch: Batch, *, at: datetime) -> None:
    """Note how far the import is, for people to see, and where it is to go on."""
    run = follower_list.begin(session, account, ListRunKind.IMPORT, at=at)
    follower_list.note_progress(run, batch)
    if batch.next_openid is None:
        return
    account.import_next_openid = batch.next_openid or None
    if not batch.next_openid:
        account.followers_imported_at = run.finished_at = at
