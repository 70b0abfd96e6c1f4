"""The recorded pushes of a scene that was adopted, or that was given back."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.channels.adoption import Moved, move_pushes
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import WeChatClient

#: Shorter than the time a worker has to end.
SLICE = timedelta(seconds=5)


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Move them for some seconds at a time, each page in a transaction of its own."""
    del wechat
    moved = Moved(0, is_finished=False)
    while clock.utcnow() - now < SLICE:
        moved = move_pushes(
            session,
            task.account_id,
            int(task.subject),
            after=moved.after,
            erase=current_app.config["ERASE_ON_UNFOLLOW"],
            at=clock.utcnow(),
        )
        if moved.is_finished:
            # Finished with this look, so that whoever undoes it now asks again.
            return None
        session.commit()
    return clock.utcnow()
