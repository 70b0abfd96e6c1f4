"""Scenes that WeChat told us of and that no code of ours carries. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from wxchannels.models import UNKNOWN_SCENE, Account, Follower, Kind, ScanEvent
from wxchannels.paging import Page, clip
from wxchannels.reports.conditions import is_counted
from wxchannels.reports.periods import Period

PAGE_SIZE = 100
#: Written out: an index of these rows only is not found by a value given apart.
IS_UNKNOWN = ScanEvent.row_id == literal(UNKNOWN_SCENE, literal_execute=True)

SCANS = func.count(ScanEvent.id)
# In the order of the fields of `UnknownScene`.
SEEN = (
    ScanEvent.scene,
    SCANS,
    func.sum(case((ScanEvent.kind == Kind.FOLLOW, 1), else_=0)),
    func.count(ScanEvent.follower_id.distinct()),
    func.min(ScanEvent.happened_at),
    func.max(ScanEvent.happened_at),
)


@dataclass(frozen=True, kw_only=True)
class UnknownScene:
    """A scene and what came in by it."""

    scene: str
    #: Pushes that carried it; together they are the scans of the row.
    scans: int
    follows: int
    people: int
    first_at: datetime
    last_at: datetime


def list_unknown_scenes(
    session: Session, account: Account, period: Period, *, page: int
) -> Page[UnknownScene]:
    """Return a page of the scenes seen in `period`, the most scanned first."""
    total = scene_count(session, account, period)
    page = clip(page, PAGE_SIZE, total)
    query = (
        select(*SEEN)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*is_counted(account, period), IS_UNKNOWN, ScanEvent.scene.is_not(None))
        .group_by(ScanEvent.scene)
        .order_by(SCANS.desc(), ScanEvent.scene)
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    scenes = [
        UnknownScene(
            scene=scene or "",
            scans=count,
            follows=int(follows),
            people=people,
            first_at=first_at,
            last_at=last_at,
        )
        for scene, count, follows, people, first_at, last_at in session.execute(query)
    ]
    return Page(scenes, page, PAGE_SIZE, total)


def scene_count(session: Session, account: Account, period: Period) -> int:
    """Return how many different unknown scenes were seen in `period`."""
    query = (
        select(func.count(ScanEvent.scene.distinct()))
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*is_counted(account, period), IS_UNKNOWN)
    )
    return session.scalar(query) or 0
