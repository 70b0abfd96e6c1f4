"""Follows that do not say how they came about: WeChat is asked afterwards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.models import Follower, ScanEvent, Source
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask

KIND = "lookup"


@dataclass(frozen=True)
class Waiting:
    """A follow that WeChat is to be asked about."""

    event_id: int
    openid: str
    happened_at: datetime


def ask_later(
    session: Session, added: Sequence[Mapping[str, Any]], following: Collection[int]
) -> None:
    """Have WeChat asked about what was added to the ledger, if it may tell more.

    Of whoever does not follow it tells nothing.
    """
    tasks = [
        NewTask(
            account_id=row["account_id"],
            kind=KIND,
            subject=row["push_key"].hex(),
            follower_id=row["follower_id"],
            due_at=row["received_at"],
        )
        for row in added
        if row["source"] == Source.UNKNOWN and row["follower_id"] in following
    ]
    if tasks:
        queue.add_tasks(session, tasks)


def list_waiting(
    session: Session, account_id: int, subjects: Collection[str]
) -> list[Waiting]:
    """Return the follows of these tasks that nobody has asked about yet.

    Of whoever left we do not know the openid any more, and WeChat tells nothing.
    """
    query = (
        select(ScanEvent.id, Follower.openid, ScanEvent.happened_at)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(
            ScanEvent.account_id == account_id,
            ScanEvent.push_key.in_([bytes.fromhex(subject) for subject in subjects]),
            ScanEvent.scene.is_(None),
            ScanEvent.subscribe_scene.is_(None),
            Follower.openid.is_not(None),
        )
    )
    return [
        Waiting(event_id, openid or "", at)
        for event_id, openid, at in session.execute(query)
    ]
