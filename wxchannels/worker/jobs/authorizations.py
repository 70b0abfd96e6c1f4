"""What web authorizations said of people is deleted when it has ended."""

from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.authorizations.results import forget_expired
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import WeChatClient


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Delete what has ended, and come back when the rest has."""
    del wechat
    return forget_expired(session, task.account_id, now=now)
