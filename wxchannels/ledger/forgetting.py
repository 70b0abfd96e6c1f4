"""What else says who somebody is: emptied where they may not be known any more."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, bindparam, update
from sqlalchemy.orm import Session

from wxchannels.models import RawPush, Task

RAW = RawPush.__table__
TASKS = Task.__table__

GONE: BindParameter[Sequence[int]] = bindparam("follower_ids", expanding=True)
EMPTY = update(RAW).where(RAW.c.follower_id.in_(GONE)).values(body=b"")
EMPTY_TASKS = (
    update(TASKS)
    .where(TASKS.c.follower_id.in_(GONE), TASKS.c.payload.is_not(None))
    .values(payload=None)
)


def forget(session: Session, follower_ids: Sequence[int]) -> None:
    """Empty the pushes and tasks of these people, which name them or hold their words.

    The rows stay: they know the retries, and when WeChat last reached us.
    """
    if follower_ids:
        connection = session.connection()
        for emptying in (EMPTY, EMPTY_TASKS):
            connection.execute(emptying, {"follower_ids": follower_ids})
