"""What the worker knows to do, a module for what belongs together.

A job is given a session, WeChat as the task's account sees it, and the task. It asks
WeChat with no transaction open, writes what came of it and leaves the commit to the
runner; a long one commits its parts itself. It returns when to go on, or None at the
end. It must be safe to do twice.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from wxchannels.outbox.leases import Claimed
from wxchannels.wechat.client import WeChatClient
from wxchannels.worker.jobs import (
    adopt,
    authorizations,
    bulk,
    follower_list,
    lookup,
    menu,
    recount,
    retention,
    tag,
    webhook,
)


class Job(Protocol):
    """Does one kind of work."""

    def __call__(
        self, session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
    ) -> datetime | None:
        """Do the work, or a part of it; return when to go on, None if it is done."""


JOBS: Mapping[str, Job] = {
    "adopt": adopt.run,
    "authorizations": authorizations.run,
    "bulk": bulk.run,
    "import": follower_list.run_import,
    "lookup": lookup.run,
    "menu": menu.run,
    "reconcile": follower_list.run_comparison,
    "recount": recount.run,
    "retention": retention.run,
    "tag": tag.run,
    "webhook": webhook.run,
}
