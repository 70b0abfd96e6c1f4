"""Scenes of codes that we did not make, taken over by a channel.

What is on posters from an earlier system goes on counting: pushes with the scene belong
to the channel from now on, and those of the past are moved there by a worker, with a
trace each. Undone, all of them go back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, joinedload

from wxchannels.channels.errors import TakenError
from wxchannels.channels.qrcodes import SceneTakenError, check_is_open, is_taken
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
    check_is_open(channel)
    # Longer than what is kept of a push's scene: none is recorded with it.
    if not scene.strip() or len(scene) > STORED_SCENE:
        raise NoSceneError
    stop_days(session, account.id)
    released = _find(session, account, scene)
    if released is not None and released.released_at is not None:
        raise StillMovingError(scene=scene)
    if is_taken(session, account, scene):
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


def list_adopted(session: Session, account: Account) -> Sequence[AdoptedScene]:
    """Return the scenes that channels of the account adopted, by scene."""
    query = select(AdoptedScene).where(
        AdoptedScene.account_id == account.id, AdoptedScene.released_at.is_(None)
    )
    with_channel = query.options(joinedload(AdoptedScene.channel))
    return session.scalars(with_channel.order_by(AdoptedScene.scene)).all()


def list_adopters(session: Session, account: Account) -> Sequence[Channel]:
    """Return the channels that may adopt a scene, by name."""
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
    rows = _next_people(session, adopted, after)
    if not rows and after:
        # It may have been undone, or done again, when we were half-way.
        return Moved(0, is_finished=False)
    if not rows:
        if adopted.released_at is not None:
            session.delete(adopted)
        return Moved(after, is_finished=True)
    people = followers.meet(session, account_id, {row[1] for row in rows}, at=at)
    locked = sorted(people.values(), key=lambda person: person.id)
    moves = _moves(session, adopted, [person.id for person in locked])
    reason = RepairReason.RELEASED if adopted.released_at else RepairReason.ADOPTED
    repair.move(session, account, locked, moves, reason, erase=erase, at=at)
    return Moved(rows[-1][0], is_finished=False)


def _find(session: Session, account: Account, scene: str) -> AdoptedScene | None:
    query = select(AdoptedScene).where(AdoptedScene.account_id == account.id)
    return session.scalar(query.where(AdoptedScene.scene == scene))


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


def _next_people(
    session: Session, adopted: AdoptedScene, after: int
) -> Sequence[tuple[int, bytes]]:
    """Return the next events to move, with whose they are."""
    query = (
        select(ScanEvent.id, Follower.openid_hash)
        .join(Follower, Follower.id == ScanEvent.follower_id)
        .where(
            ScanEvent.account_id == adopted.account_id,
            ScanEvent.id > after,
            ScanEvent.scene == adopted.scene,
            # Written out, as the index of unknown scenes wants it.
            ScanEvent.row_id == literal(_rows(adopted)[0], literal_execute=True),
            ScanEvent.kind.in_((Kind.FOLLOW, Kind.SCAN)),
        )
        .order_by(ScanEvent.id)
        .limit(PAGE)
    )
    return [(number, found) for number, found in session.execute(query)]


def _moves(
    session: Session, adopted: AdoptedScene, follower_ids: Sequence[int]
) -> list[Move]:
    """Return what of these people is to move; nobody changes it, they are locked."""
    from_row, to_row = _rows(adopted)
    query = select(ScanEvent.id).where(
        ScanEvent.follower_id.in_(follower_ids),
        ScanEvent.scene == adopted.scene,
        ScanEvent.row_id == from_row,
        ScanEvent.kind.in_((Kind.FOLLOW, Kind.SCAN)),
    )
    return [Move(number, from_row, to_row) for number in session.scalars(query)]
