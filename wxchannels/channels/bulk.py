"""Many channels at once: ordered in one commit, issued one by one, resumable.

Channels and pending codes are written before WeChat is asked, and with them the task
that has a worker ask (see `issuing`). A run that is killed goes on where it stopped;
for a permanent scene WeChat gives the same code again. A lease keeps two drivers from
asking for the same row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from wxchannels.channels import channels, qrcodes
from wxchannels.channels.channels import HIGHEST_ID
from wxchannels.channels.check import CheckedRow
from wxchannels.channels.paste import read_left_out
from wxchannels.channels.qrcodes import QRCodePlan
from wxchannels.channels.scenes import check_scene
from wxchannels.channels.search import WITH_ALL
from wxchannels.errors import NotFoundError
from wxchannels.models import (
    Account,
    BulkRow,
    BulkRowState,
    BulkRun,
    Channel,
    QRCode,
    QRCodeState,
    SceneType,
    Task,
    User,
)
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask
from wxchannels.people import audit
from wxchannels.statements import count_changed
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.errors import WeChatRefusedError
from wxchannels.wechat.scenes import SceneRequest

#: Longer than WeChat takes for one code; a driver that died is followed after it.
LEASE = timedelta(seconds=45)
#: Within it, the same lines from the same person are the same form.
SENT_TWICE = timedelta(minutes=5)
ERROR_LENGTH = 255
KIND = "bulk"


@dataclass(frozen=True)
class Order:
    """One code to ask for: all that is needed while no transaction is open."""

    row_id: int
    request: SceneRequest


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    pending: int = 0
    done: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        """All rows of the run."""
        return self.pending + self.done + self.refused


def start_run(
    session: Session,
    account: Account,
    user: User | None,
    rows: Sequence[CheckedRow],
    *,
    left_out: str = "",
    at: datetime,
) -> BulkRun:
    """Write a channel and a pending code for each row; all of it, or nothing."""
    run = BulkRun(account_id=account.id, created_at=at, left_out=left_out)
    run.user_id = user.id if user else None
    session.add(run)
    session.flush()
    for row in rows:
        code = _write_row(session, account, row, at=at)
        audit.note(
            session,
            user or audit.COMMAND_LINE,
            "channel.open",
            account=account,
            subject_id=code.channel_id,
            at=at,
        )
        line = row.row.line
        session.add(BulkRow(run_id=run.id, position=line - 1, qrcode_id=code.id))
    session.flush()
    put_in_line(session, run, at=at)
    return run


def put_in_line(session: Session, run: BulkRun, *, at: datetime) -> None:
    """Have a worker go on with the run at once, whatever it waited for."""
    subject = str(run.id)
    queue.hurry(session, run.account_id, KIND, subject, now=at)
    task = NewTask(account_id=run.account_id, kind=KIND, subject=subject, due_at=at)
    queue.add_tasks(session, [task])


def find_work(session: Session, run: BulkRun) -> Task | None:
    """Return the task that drives the run, if it is not finished."""
    return queue.find_open(session, run.account_id, KIND, str(run.id))


def _write_row(
    session: Session, account: Account, row: CheckedRow, *, at: datetime
) -> QRCode:
    channel = channels.open_channel(session, account, row.fields, at=at)
    plan = QRCodePlan(request=check_scene(row.values["scene"], row.values["lifetime"]))
    code = qrcodes.new_qrcode(channel, plan, at=at)
    with qrcodes.unique_scene(session, account.id, plan.scene):
        session.add(code)
    return code


def get_run(session: Session, account: Account, run_id: int) -> BulkRun:
    """Return the account's run, or raise `NotFoundError`."""
    run = session.get(BulkRun, run_id) if run_id <= HIGHEST_ID else None
    if run is None or run.account_id != account.id:
        raise NotFoundError
    return run


def find_run_of(
    session: Session,
    account: Account,
    user: User,
    rows: Sequence[CheckedRow],
    *,
    now: datetime,
) -> int | None:
    """Return the run that `user` has just made of these very rows, if there is one."""
    if any(row.is_good for row in rows):
        return None
    recent = select(BulkRun).where(BulkRun.account_id == account.id)
    recent = recent.where(BulkRun.user_id == user.id)
    recent = recent.where(BulkRun.created_at > now - SENT_TWICE)
    runs = session.scalars(recent.order_by(BulkRun.id.desc())).all()
    return next((run.id for run in runs if _is_made_of(session, run, rows)), None)


def _is_made_of(session: Session, run: BulkRun, rows: Sequence[CheckedRow]) -> bool:
    left_out = {left.line for left in read_left_out(run.left_out)}
    given = {row.row.line: row.values.get("name") for row in rows}
    kept = {line: name for line, name in given.items() if line not in left_out}
    made = {
        row.position + 1: row.qrcode.channel.name for row in list_rows(session, run)
    }
    return made == kept


def list_runs(session: Session, account: Account, *, limit: int) -> Sequence[BulkRun]:
    """Return the latest runs, those that are not finished first."""
    query = select(BulkRun).where(BulkRun.account_id == account.id)
    order = (BulkRun.finished_at.is_not(None), BulkRun.id.desc())
    return session.scalars(query.order_by(*order).limit(limit)).all()


def progress(session: Session, run: BulkRun) -> Progress:
    """Return how far the run is."""
    query = select(BulkRow.state, func.count()).where(BulkRow.run_id == run.id)
    counts = session.execute(query.group_by(BulkRow.state))
    return Progress(**{str(state): count for state, count in counts})


def list_rows(
    session: Session,
    run: BulkRun,
    *states: BulkRowState,
    limit: int | None = None,
    newest: bool = False,
) -> Sequence[BulkRow]:
    """Return the run's rows in `states`, or all, with their channels, in order."""
    order = BulkRow.position.desc() if newest else BulkRow.position
    query = select(BulkRow).where(BulkRow.run_id == run.id).order_by(order).limit(limit)
    if states:
        query = query.where(BulkRow.state.in_(states))
    channel = joinedload(BulkRow.qrcode).joinedload(QRCode.channel)
    return session.scalars(query.options(channel)).all()


def list_channels(session: Session, run: BulkRun) -> Sequence[Channel]:
    """Return the run's channels with all that belongs to them, in order."""
    query = select(Channel).join(QRCode).join(BulkRow).where(BulkRow.run_id == run.id)
    return session.scalars(query.order_by(BulkRow.position).options(*WITH_ALL)).all()


def take_lease(session: Session, run: BulkRun, *, now: datetime) -> bool:
    """Become the run's only driver, unless somebody is."""
    free = or_(BulkRun.leased_until.is_(None), BulkRun.leased_until <= now)
    return _write_lease(session, run.id, free, now + LEASE)


def release_lease(session: Session, run_id: int) -> None:
    """Let the next driver begin at once."""
    _write_lease(session, run_id, BulkRun.id == run_id, None)


def next_order(session: Session, run_id: int, *, now: datetime) -> Order | None:
    """Return the next code to ask for and hold the lease for it; None at the end."""
    query = select(BulkRow).where(BulkRow.run_id == run_id)
    pending = query.where(BulkRow.state == BulkRowState.PENDING)
    row = session.scalars(pending.order_by(BulkRow.position).limit(1)).one_or_none()
    if row is None:
        _finish(session, run_id, at=now)
        return None
    _write_lease(session, run_id, BulkRun.id == run_id, now + LEASE)
    return Order(row.id, request_of(row.qrcode))


def request_of(qrcode: QRCode) -> SceneRequest:
    """Return what WeChat is asked for to make the pending code."""
    is_number = qrcode.scene_type == SceneType.INT
    scene = int(qrcode.scene) if is_number else qrcode.scene
    return SceneRequest(scene, qrcode.expire_seconds)


def record_issued(
    session: Session, order: Order, ticket: Ticket, *, at: datetime
) -> None:
    """Keep what WeChat made for the order when asked at `at`."""
    row = session.get_one(BulkRow, order.row_id)
    if row.qrcode.state == QRCodeState.PENDING:
        qrcodes.mark_issued(row.qrcode, ticket, at=at)
        _note_issued(session, row, at=at)
    row.state, row.errcode, row.error = BulkRowState.DONE, None, ""


def _note_issued(session: Session, row: BulkRow, *, at: datetime) -> None:
    user = session.get(User, row.run.user_id) if row.run.user_id else None
    audit.note(
        session,
        user or audit.COMMAND_LINE,
        "qrcode.issue",
        account=row.qrcode.channel.account,
        subject_id=row.qrcode_id,
        details={"scene": row.qrcode.scene},
        at=at,
    )


def record_refused(session: Session, order: Order, error: WeChatRefusedError) -> None:
    """Set the order aside with WeChat's words; the others go on."""
    row = session.get_one(BulkRow, order.row_id)
    row.state = BulkRowState.REFUSED
    row.errcode, row.error = error.errcode, error.errmsg[:ERROR_LENGTH]


def try_again(session: Session, run: BulkRun, *, at: datetime) -> None:
    """Put what WeChat refused back in line, with the same scenes."""
    refused = update(BulkRow).where(BulkRow.run_id == run.id)
    refused = refused.where(BulkRow.state == BulkRowState.REFUSED)
    session.execute(refused.values(state=BulkRowState.PENDING, errcode=None, error=""))
    run.finished_at = None
    put_in_line(session, run, at=at)


def _finish(session: Session, run_id: int, *, at: datetime) -> None:
    ended = update(BulkRun).where(BulkRun.id == run_id, BulkRun.finished_at.is_(None))
    session.execute(ended.values(finished_at=at))
    release_lease(session, run_id)


def _write_lease(
    session: Session,
    run_id: int,
    condition: ColumnElement[bool],
    until: datetime | None,
) -> bool:
    change = update(BulkRun).where(BulkRun.id == run_id, condition)
    return bool(count_changed(session, change.values(leased_until=until)))
