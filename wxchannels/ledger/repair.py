"""Follows whose scene WeChat lost: asked about afterwards, and moved to their row.

WeChat pushes a follow without its scene where the person stayed on the profile page
for long; asked about the person, it still tells it (wechat.md 4.3, points 5 and 13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from wxchannels.ledger import answers, followers, tagging
from wxchannels.ledger.days import hold_days
from wxchannels.ledger.fold import SAME_FOLLOW
from wxchannels.ledger.followers import Locked
from wxchannels.ledger.histories import refold
from wxchannels.ledger.identity import hash_openid
from wxchannels.ledger.lookups import Waiting
from wxchannels.members import codes as temporary
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Account,
    Repair,
    RepairReason,
    ScanEvent,
    Source,
)
from wxchannels.models.ledger import LONGEST_WORD, STORED_SCENE
from wxchannels.webhooks import events as webhooks
from wxchannels.wechat.client import UserInfo


@dataclass(frozen=True)
class Move:
    """An event that counts in another row from now on."""

    event_id: int
    from_row_id: int
    to_row_id: int


def mend(
    session: Session,
    account: Account,
    waiting: Sequence[Waiting],
    found: Sequence[UserInfo],
    *,
    erase: bool,
    at: datetime,
) -> None:
    """Move the follows whose scene WeChat told to their rows, with a trace of it.

    WeChat tells of a person's latest follow only: the scene of another one is not ours.
    """
    account = hold_days(session, account.id)
    told = {info.openid: info for info in found}
    asked = [follow for follow in waiting if follow.openid in told]
    hashes = {hash_openid(account.pepper, follow.openid) for follow in asked}
    people = followers.meet(session, account.id, hashes, at=at) if hashes else {}
    scenes = _keep_told(session, account, asked, told)
    if not scenes:
        return
    codes = answers.find_codes(session, account.id, set(scenes.values()))
    moves = [
        Move(n, NO_CHANNEL, codes[s].channel_id if s in codes else UNKNOWN_SCENE)
        for n, s in scenes.items()
    ]
    locked = sorted(people.values(), key=lambda person: person.id)
    move(session, account, locked, moves, RepairReason.LOST_SCENE, erase=erase, at=at)
    webhooks.tell_repairs(session, account, list(scenes), at=at)
    tagged = {code.channel_id for code in codes.values() if code.is_tagged}
    tagging.ask_about(
        session, [one.event_id for one in moves if one.to_row_id in tagged], at=at
    )


def _keep_told(
    session: Session,
    account: Account,
    asked: Sequence[Waiting],
    told: Mapping[str, UserInfo],
) -> dict[int, str]:
    """Write what WeChat told of each follow; return channels' scenes, by event."""
    kept = {
        follow.event_id: _answer(follow, told[follow.openid])
        for follow in _still_waiting(session, asked)
    }
    if not kept:
        return {}
    ours = temporary.find_by_scene(session, account.id, _scenes(kept).values())
    for answer in kept.values():
        if answer["scene"] in ours:
            # A binding's or a sign-in's: it belongs to no channel.
            answer["scene"] = None
    session.execute(update(ScanEvent), list(kept.values()))
    return _scenes(kept)


def move(
    session: Session,
    account: Account,
    people: Sequence[Locked],
    moves: Sequence[Move],
    reason: RepairReason,
    *,
    erase: bool,
    at: datetime,
) -> None:
    """Count events of `people` in other rows, and keep from where, why and when."""
    if not moves:
        return
    moved = {one.event_id: one.to_row_id for one in moves}
    refold(session, account, people, {}, {}, moved=moved, erase=erase)
    why = {"reason": reason, "at": at}
    session.execute(insert(Repair), [{**asdict(one), **why} for one in moves])


def _scenes(kept: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Return the scenes that WeChat told, by event."""
    return {n: answer["scene"] for n, answer in kept.items() if answer["scene"]}


def _still_waiting(session: Session, follows: Sequence[Waiting]) -> list[Waiting]:
    """Leave out what another worker answered; the people are locked by now."""
    query = select(ScanEvent.id).where(
        ScanEvent.id.in_([follow.event_id for follow in follows]),
        ScanEvent.subscribe_scene.is_(None),
    )
    open_ = set(session.scalars(query))
    return [follow for follow in follows if follow.event_id in open_]


def _answer(follow: Waiting, info: UserInfo) -> dict[str, Any]:
    """Return what the follow's row keeps of what WeChat told."""
    since = info.subscribe_time if info.subscribe else None
    is_same = since is not None and abs(since - follow.happened_at) <= SAME_FOLLOW
    scene = info.scene if is_same else None
    return {
        "id": follow.event_id,
        "subscribe_scene": info.subscribe_scene[:LONGEST_WORD] if is_same else "",
        "scene": scene and scene[:STORED_SCENE],
        "source": Source.QRCODE if scene else Source.UNKNOWN,
    }
