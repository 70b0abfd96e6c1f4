"""What waits for an endpoint is sent in order, until one is not taken."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.outbox.clearing import delete_done_alike
from wxchannels.outbox.leases import Claimed
from wxchannels.outbox.patience import MOST_TRIES
from wxchannels.webhooks import sending
from wxchannels.webhooks.posting import post
from wxchannels.wechat.client import WeChatClient

#: Then others get a turn.
SLICE = timedelta(seconds=10)
#: "Gone": the receiver says that it will never want a message again.
GONE = 410


class NotTakenError(Exception):
    """The endpoint did not take a message: it is tried again later."""


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Send for some seconds. The endpoint is paused where tries end, or it says so."""
    del wechat
    webhook_id, allowed = int(task.subject), current_app.config["WEBHOOK_ALLOWED_HOSTS"]
    until = now + SLICE
    while letter := sending.next_letter(session, webhook_id, now=clock.utcnow()):
        if clock.utcnow() > until:
            return clock.utcnow()
        session.rollback()
        outcome = post(letter.url, letter.body, letter.headers, allowed=allowed)
        sending.note(session, letter, outcome, at=clock.utcnow())
        session.commit()
        if outcome.failure is None:
            continue
        if outcome.status != GONE and task.attempts < MOST_TRIES:
            raise NotTakenError
        sending.pause(session, webhook_id, at=clock.utcnow())
        break
    delete_done_alike(session, task)
    return None
