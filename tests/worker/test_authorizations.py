"""What web authorizations said of people does not outlast them."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.worker.conftest import Ask, task_of
from wxchannels import clock
from wxchannels.authorizations import authorizations
from wxchannels.models import (
    Account,
    AuthorizationPurpose,
    TaskState,
    WebAuthorization,
)
from wxchannels.worker.runner import run_task


def test_rows_go_when_they_have_ended_and_the_work_comes_back_for_the_rest(
    session: Session, account: Account, ask: Ask
) -> None:
    now = clock.utcnow()
    work = ask("authorizations", "expired")
    for age in (timedelta(minutes=11), timedelta(minutes=1)):
        authorizations.begin(
            session,
            account,
            AuthorizationPurpose.TRIAL,
            scope="snsapi_base",
            return_url="/auth/main",
            at=now - age,
        )
    session.commit()

    run_task(work)

    task = task_of(session, work)
    assert (task.state, task.due_at) == (TaskState.DUE, now + timedelta(minutes=9))
    kept = session.scalars(select(WebAuthorization.created_at)).all()
    assert kept == [now - timedelta(minutes=1)]
