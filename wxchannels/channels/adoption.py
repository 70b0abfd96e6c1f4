"""Scenes of codes that we did not make, taken over by a channel.

What is on posters from an earlier system goes on counting: pushes with the scene belong
to the channel from now on, and those of the past are moved there by a worker, with a
trace each. Undone, all of them go back.

Where a code of ours carries the scene by now, its channel alone can adopt it: only what
came before the code moves, and goes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, literal, select
from sqlalchemy.orm import Session, joinedload

from wxchannels.channels.errors import TakenError
from wxchannels.channels.qrcodes import (
    SceneTakenError,
    check_is_open,
    find_by_scene,
)
from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.ledger import followers, repair
from wxchannels.ledger.days import hold_days, stop_days
from wxchannels.ledger.repair import Move
from wxchannels.models import (
    UNKNOWN_SCENE,
    Account,
    AdoptedScene,
    Channel,
    ChannelState,
    Follower,
    Kind,
    Repair,
    RepairReason,
    ScanEvent,
)
from wxchannels.models.ledger import STORED_SCENE
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask

KIND = "adopt"
#: Pushes that are moved in one transaction.
PAGE = 200


class NoSceneError(DomainError):
    """A code that says nothing cannot be told from others that say nothing."""

    sentence = N_("There is no scene to adopt.")
    field = "scene"


class StillMovingError(TakenError):
    """What was undone has not gone back yet."""

    sentence = N_(
        "The pushes of the scene “%(scene)s” are still on their way back. Try again "
        "in a minute."
    )
    field = "scene"


def adopt(
    session: Session, account: Account, scene: str, channel: Channel, *, at: datetime
) -> AdoptedScene:
    """Have pushes with `scene` belong to `channel`: those to come and those recorded.

    Pushes under way are waited for, so that none is recorded where it was before.
    """
    if not _may_be_pushed(scene):
        raise NoSceneError
    stop_days(session, account.id)
    _check_is_free(session, account, scene)
    code = find_by_scene(session, account, scene)
    if code is None:
        check_is_open(channel)
    elif code.channel_id != channel.id:
        raise SceneTakenError(scene=scene)
    adopted = AdoptedScene(
        account_id=account.id, channel_id=channel.id, scene=scene, adopted_at=at
    )
    session.add(adopted)
    session.flush()
    _move_later(session, adopted, at=at)
    return adopted


def release(session: Session, adopted: AdoptedScene, *, at: datetime) -> None:
    """Have pushes with the scene be of an unknown one again, the recorded ones too."""
    stop_days(session, adopted.account_id)
    adopted.released_at = at
    _move_later(session, adopted, at=at)


def get_adopted(session: Session, account: Account, number: int) -> AdoptedScene:
    """Return the account's adopted scene, or raise `NotFoundError`."""
    adopted = session.get(AdoptedScene, number)
    if adopted is None or adopted.account_id != account.id or adopted.released_at:
        raise NotFoundError
    return adopted


def list_adopted(
    session: Session, account: Account, channel: Channel | None = None
) -> Sequence[AdoptedScene]:
    """Return the scenes that the channel adopted, or any of the account's, by scene."""
    query = select(AdoptedScene).where(
        AdoptedScene.account_id == account.id, AdoptedScene.released_at.is_(None)
    )
    if channel is not None:
        query = query.where(AdoptedScene.channel_id == channel.id)
    with_channel = query.options(joinedload(AdoptedScene.channel))
    return session.scalars(with_channel.order_by(AdoptedScene.scene)).all()


def find_owner(session: Session, account: Account, scene: str) -> Channel | None:
    """Return the channel whose code carries the scene by now, if there is one."""
    code = find_by_scene(session, account, scene) if _may_be_pushed(scene) else None
    return code.channel if code else None


def list_adopters(session: Session, account: Account) -> Sequence[Channel]:
    """Return the channels that may adopt a scene of no code, by name."""
    query = select(Channel).where(
        Channel.account_id == account.id, Channel.state != ChannelState.ARCHIVED
    )
    return session.scalars(query.order_by(Channel.pinyin, Channel.id)).all()


@dataclass(frozen=True)
class Moved:
    """How far the pushes of a scene have come."""

    after: int
    is_finished: bool


def move_pushes(
    session: Session,
    account_id: int,
    number: int,
    *,
    after: int,
    erase: bool,
    at: datetime,
) -> Moved:
    """Move the next pushes behind event `after` to where their scene belongs now.

    Undone and with nothing left to go back, the adoption is forgotten.
    """
    account = hold_days(session, account_id)
    adopted = session.get(AdoptedScene, number, with_for_update=True)
    if adopted is None:
        return Moved(after, is_finished=True)
    conditions = _is_to_move(session, account, adopted)
    rows = _next_people(session, conditions, after)
    if not rows and after:
        # It may have been undone, or done again, when we were half-way.
        return Moved(0, is_finished=False)
    if not rows:
        if adopted.released_at is not None:
            session.delete(adopted)
        return Moved(after, is_finished=True)
    people = followers.meet(session, account_id, {row[1] for row in rows}, at=at)
    locked = sorted(people.values(), key=lambda person: person.id)
    moves = _moves(session, adopted, conditions, [one.id for one in locked])
    reason = RepairReason.RELEASED if adopted.released_at else RepairReason.ADOPTED
    repair.move(session, account, locked, moves, reason, erase=erase, at=at)
    return Moved(rows[-1][0], is_finished=False)


def _may_be_pushed(scene: str) -> bool:
    """Say whether a push can be recorded with the scene: longer ones are cut."""
    return bool(scene.strip()) and len(scene) <= STORED_SCENE


def _check_is_free(session: Session, account: Account, scene: str) -> None:
    query = select(AdoptedScene).where(AdoptedScene.account_id == account.id)
    adopted = session.scalar(query.where(AdoptedScene.scene == scene))
    if adopted is not None and adopted.released_at is not None:
        raise StillMovingError(scene=scene)
    if adopted is not None:
        raise SceneTakenError(scene=scene)


def _move_later(session: Session, adopted: AdoptedScene, *, at: datetime) -> None:
    account_id, subject = adopted.account_id, str(adopted.id)
    queue.add_tasks(
        session,
        [NewTask(account_id=account_id, kind=KIND, subject=subject, due_at=at)],
    )
    queue.hurry(session, account_id, KIND, subject, now=at)


def _rows(adopted: AdoptedScene) -> tuple[int, int]:
    """Return from which row to which one the scene's pushes go."""
    if adopted.released_at is not None:
        return adopted.channel_id, UNKNOWN_SCENE
    return UNKNOWN_SCENE, adopted.channel_id


def _is_to_move(
    session: Session, account: Account, adopted: AdoptedScene
) -> list[ColumnElement[bool]]:
    from_row, _ = _rows(adopted)
    conditions = [
        ScanEvent.account_id == account.id,
        ScanEvent.scene == adopted.scene,
        # Written out, as the index of unknown scenes wants it.
        ScanEvent.row_id == literal(from_row, literal_execute=True),
        ScanEvent.kind.in_((Kind.FOLLOW, Kind.SCAN)),
    ]
    if adopted.released_at and find_by_scene(session, account, adopted.scene):
        # What came through the channel's own code stays.
        came = exists().where(Repair.event_id == ScanEvent.id)
        conditions.append(came.where(Repair.reason == RepairReason.ADOPTED))
    return conditions


def _next_people(
    session: Session, conditions: Sequence[ColumnElement[bool]], after: int
) -> Sequence[tuple[int, bytes]]:
    """Return the next events to move, with whose they are."""
    query = (
        select(ScanEvent.id, Follower.openid_hash)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(*conditions, ScanEvent.id > after)
        .order_by(ScanEvent.id)
        .limit(PAGE)
    )
    return [(number, found) for number, found in session.execute(query)]


def _moves(
    session: Session,
    adopted: AdoptedScene,
    conditions: Sequence[ColumnElement[bool]],
    follower_ids: Sequence[int],
) -> list[Move]:
    """Return what of these people is to move; nobody changes it, they are locked."""
    from_row, to_row = _rows(adopted)
    query = select(ScanEvent.id).where(
        *conditions, ScanEvent.follower_id.in_(follower_ids)
    )
    return [Move(number, from_row, to_row) for number in session.scalars(query)]
