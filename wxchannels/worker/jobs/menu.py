"""Every night: whether WeChat still shows the menu that was published here."""

from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.menus import publishing
from wxchannels.menus.versions import latest_version
from wxchannels.models import Account
from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import WeChatClient


def run(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Keep what WeChat shows; whoever never published here is not asked about."""
    account = session.get_one(Account, task.account_id)
    if latest_version(session, account) is None:
        return None
    session.commit()
    shown = publishing.ask_what_is_live(session, wechat)
    publishing.record_live(session, account, shown, at=now)
    return None
