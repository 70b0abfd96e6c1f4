"""Pushes that were moved to another row: from where, why and when. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.models import Channel, Repair, RepairReason


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One move of a push."""

    reason: RepairReason
    from_row_id: int
    #: Empty where that row is no channel.
    from_name: str
    at: datetime


def find_traces(
    session: Session, event_ids: Collection[int]
) -> Mapping[int, Sequence[Trace]]:
    """Return the moves of these events, the first one first."""
    found: dict[int, list[Trace]] = defaultdict(list)
    query = (
        select(Repair, Channel.name)
        .outerjoin(Channel, Channel.id == Repair.from_row_id)
        .where(Repair.event_id.in_(event_ids))
        .order_by(Repair.id)
    )
    for repair, name in session.execute(query):
        trace = Trace(
            reason=RepairReason(repair.reason),
            from_row_id=repair.from_row_id,
            from_name=name or "",
            at=repair.at,
        )
        found[repair.event_id].append(trace)
    return found
