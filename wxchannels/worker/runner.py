"""Doing one task: claimed, done with nothing held, written and finished in one commit.

A worker that is killed leaves the lease behind and the work is done again after it;
what was done twice is written once, because only the holder of the lease may finish.
"""

import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.models import Account
from wxchannels.outbox import leases, patience, queue
from wxchannels.outbox.leases import Claimed, LeaseLostError, Trouble
from wxchannels.web.wechat import client_for
from wxchannels.worker.jobs import JOBS

log = logging.getLogger(__name__)

#: What is kept of work whose worker was killed each time.
WORKER_DIED = Trouble(error="WorkerDied")


def run_task(task_id: int) -> None:
    """Do the task if it is free, and note how it ended; inside an app context."""
    with transactions(write=True):
        session = db.session()
        claimed = leases.claim(session, task_id, now=clock.utcnow())
        session.commit()
        if claimed is None:
            return
        if claimed.attempts > patience.MOST_TRIES:
            leases.park(session, claimed, WORKER_DIED)
            session.commit()
            return
        try:
            _do(session, claimed)
        except LeaseLostError:
            session.rollback()
            log.warning("task %d was taken over by another worker", claimed.id)
        except Exception as error:  # noqa: BLE001 - the worker's edge: it must go on
            session.rollback()
            _settle(session, claimed, error)


def _do(session: Session, claimed: Claimed) -> None:
    now = clock.utcnow()
    wechat = client_for(session.get_one(Account, claimed.account_id))
    session.rollback()
    again_at = JOBS[claimed.kind](session, wechat, claimed, now=now)
    if again_at is None:
        leases.finish(session, claimed, now=clock.utcnow())
    else:
        leases.go_on(session, claimed, at=again_at)
    session.commit()


def _settle(session: Session, claimed: Claimed, error: Exception) -> None:
    """Have the work tried again, or set it aside. If not even that works, the lease
    ends.
    """  # noqa: D205 - one sentence
    now, trouble = clock.utcnow(), patience.trouble_of(error)
    until = patience.next_try(error, claimed.attempts, now=now)
    log.warning(
        "task failed id=%d kind=%s tries=%d error=%s %s",
        *(claimed.id, claimed.kind, claimed.attempts),
        *(type(error).__name__, f"until={until}" if until else "parked"),
    )
    try:
        if until is None:
            leases.park(session, claimed, trouble)
        else:
            leases.postpone(session, claimed, trouble, until=until)
            if patience.is_out_of_reach(error):
                queue.hold(session, claimed.account_id, claimed.kind, until=until)
        session.commit()
    except (LeaseLostError, SQLAlchemyError) as failure:
        session.rollback()
        log.warning("task %d not settled: %s", claimed.id, type(failure).__name__)
