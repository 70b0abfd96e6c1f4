"""A scene of an earlier system's codes, adopted by a channel and given back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.misreadings import find_misreadings
from wxchannels.channels import adoption, qrcodes
from wxchannels.channels.adoption import Moved, NoSceneError, StillMovingError
from wxchannels.channels.check import check_rows
from wxchannels.channels.errors import ChannelArchivedError
from wxchannels.channels.paste import read_rows
from wxchannels.channels.qrcodes import SceneTakenError
from wxchannels.errors import NotFoundError
from wxchannels.ledger import counters, inbox
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import (
    UNKNOWN_SCENE,
    Account,
    AdoptedScene,
    Channel,
    ChannelState,
    Repair,
    Task,
)
from wxchannels.reports.figures import RowFigures, channel_report
from wxchannels.reports.periods import Period
from wxchannels.wechat.pushes import parse

TODAY = Period(date(2026, 3, 2), date(2026, 3, 2), "Asia/Shanghai")
OLD = "door-7"


@pytest.fixture
def channel(session: Session, account: Account) -> Channel:
    del account
    return factories.channel(
        session, "Counter", reply_new={"kind": "text", "text": "Hi"}
    )


@pytest.fixture
def receive(session: Session, account: Account) -> Callable[..., list[Answer]]:
    def receive(*bodies: bytes) -> list[Answer]:
        deliveries = [Delivery(push=parse(b), body=b, received_at=NOON) for b in bodies]
        answers = inbox.receive(session, account.id, deliveries)
        session.commit()
        return answers

    return receive


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


def adopt(session: Session, account: Account, channel: Channel) -> AdoptedScene:
    adopted = adoption.adopt(session, account, OLD, channel, at=NOON)
    session.commit()
    return adopted


def move(session: Session, account: Account, number: int) -> int:
    """Do the worker's work; return in how many steps."""
    moved, steps = Moved(0, is_finished=False), 0
    while not moved.is_finished:
        after, steps = moved.after, steps + 1
        moved = adoption.move_pushes(
            session, account.id, number, after=after, erase=True, at=NOON
        )
        session.commit()
    return steps


def rows(session: Session, account: Account) -> tuple[RowFigures, RowFigures]:
    """Return the channel's figures and those of the unknown scenes."""
    session.expire_all()
    report = channel_report(session, account, TODAY, now=NOON)
    session.rollback()
    return report.rows[0], report.unknown_scene


def figures(row: RowFigures) -> tuple[int, ...]:
    return (row.scans, row.new_follows, row.unfollows, row.followers_now)


def assert_sound(session: Session, account: Account) -> None:
    assert list(counters.check(session, account.id)) == []
    assert list(find_misreadings(session, account)) == []


def test_past_and_coming_pushes_are_the_channels(
    session: Session,
    account: Account,
    channel: Channel,
    receive: Callable[..., list[Answer]],
) -> None:
    receive(
        pushes.subscribe(OLD, openid="anna"),
        pushes.subscribe(OLD, openid="bo"),
        pushes.unsubscribe(openid="bo", at=minutes(1)),
        pushes.scan(OLD, openid="anna", at=minutes(2)),
        pushes.subscribe("elsewhere", openid="cai"),
    )

    adopted = adopt(session, account, channel)
    [answer] = receive(pushes.subscribe(OLD, openid="dan"))
    move(session, account, adopted.id)

    mine, unknown = rows(session, account)
    assert figures(mine) == (4, 3, 1, 2)
    assert figures(unknown) == (1, 1, 0, 1)
    assert answer.reply == {"kind": "text", "text": "Hi"}
    traces = session.scalars(select(Repair)).all()
    assert {(one.from_row_id, one.to_row_id) for one in traces} == {
        (UNKNOWN_SCENE, channel.id)
    }
    assert len(traces) == 3
    assert_sound(session, account)


def test_undone_everything_goes_back(
    session: Session,
    account: Account,
    channel: Channel,
    receive: Callable[..., list[Answer]],
) -> None:
    factories.qrcode(session, "counter", of=channel)
    receive(
        pushes.subscribe(OLD, openid="anna"), pushes.subscribe("counter", openid="bo")
    )
    adopted = adopt(session, account, channel)
    number = adopted.id
    move(session, account, number)
    receive(pushes.subscribe(OLD, openid="dan"))

    adoption.release(session, adopted, at=minutes(9))
    session.commit()
    receive(pushes.subscribe(OLD, openid="emma"))
    move(session, account, number)

    mine, unknown = rows(session, account)
    assert (figures(mine), figures(unknown)) == ((1, 1, 0, 1), (3, 3, 0, 3))
    assert session.get(AdoptedScene, number) is None
    assert_sound(session, account)


def test_undone_half_way_it_goes_back_as_well(
    session: Session,
    account: Account,
    channel: Channel,
    receive: Callable[..., list[Answer]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adoption, "PAGE", 1)
    receive(*(pushes.subscribe(OLD, openid=one) for one in ("a", "b", "c")))
    adopted = adopt(session, account, channel)
    number = adopted.id
    moved = adoption.move_pushes(
        session, account.id, number, after=0, erase=True, at=NOON
    )
    adoption.release(session, adopted, at=minutes(9))
    session.commit()

    while not moved.is_finished:
        moved = adoption.move_pushes(
            session, account.id, number, after=moved.after, erase=True, at=NOON
        )
        session.commit()

    assert figures(rows(session, account)[1]) == (3, 3, 0, 3)
    assert session.get(AdoptedScene, number) is None
    assert_sound(session, account)


def test_moving_twice_moves_once(
    session: Session,
    account: Account,
    channel: Channel,
    receive: Callable[..., list[Answer]],
) -> None:
    receive(pushes.subscribe(OLD))
    adopted = adopt(session, account, channel)

    steps = [move(session, account, adopted.id) for _ in range(2)]

    assert steps == [3, 1]
    assert len(session.scalars(select(Repair)).all()) == 1


def test_disabled_channel_counts_and_does_not_speak(
    session: Session,
    account: Account,
    channel: Channel,
    receive: Callable[..., list[Answer]],
) -> None:
    adopt(session, account, channel)
    channel.state = ChannelState.DISABLED
    session.commit()

    [answer] = receive(pushes.subscribe(OLD))

    assert answer.reply is None
    assert rows(session, account)[0].new_follows == 1


def test_adopted_scene_is_taken(
    session: Session, account: Account, channel: Channel
) -> None:
    adopt(session, account, channel)

    with pytest.raises(SceneTakenError):
        adoption.adopt(session, account, OLD, channel, at=NOON)
    with pytest.raises(SceneTakenError):
        qrcodes.plan_qrcode(session, account, scene=OLD)
    [row] = check_rows(session, account, read_rows(f"A\t\t\t\t{OLD}"))
    assert isinstance(row.errors["scene"], SceneTakenError)


def test_scene_of_a_code_is_adopted_by_its_own_channel_only(
    session: Session, account: Account, channel: Channel
) -> None:
    other = factories.channel(session, "Other")
    factories.qrcode(session, OLD, of=channel)

    assert adoption.find_owner(session, account, OLD) == channel
    with pytest.raises(SceneTakenError):
        adoption.adopt(session, account, OLD, other, at=NOON)


@pytest.mark.parametrize("state", ChannelState)
def test_past_of_a_code_comes_to_its_channel_and_goes_back_alone(
    session: Session,
    account: Account,
    channel: Channel,
    receive: Callable[..., list[Answer]],
    state: ChannelState,
) -> None:
    receive(
        pushes.subscribe(OLD, openid="anna"),
        pushes.subscribe(OLD, openid="bo"),
        pushes.unsubscribe(openid="bo", at=minutes(1)),
    )
    factories.qrcode(session, OLD, of=channel)
    channel.state = state
    session.commit()
    receive(pushes.subscribe(OLD, openid="cai", at=minutes(2)))

    adopted = adopt(session, account, channel)
    number = adopted.id
    move(session, account, number)
    mine, unknown = rows(session, account)
    assert (figures(mine), figures(unknown)) == ((3, 3, 1, 2), (0, 0, 0, 0))
    assert_sound(session, account)
    receive(pushes.scan(OLD, openid="anna", at=minutes(3)))
    adoption.release(session, session.get_one(AdoptedScene, number), at=minutes(9))
    session.commit()
    move(session, account, number)

    mine, unknown = rows(session, account)
    assert (figures(mine), figures(unknown)) == ((2, 1, 0, 1), (2, 2, 1, 1))
    assert session.get(AdoptedScene, number) is None
    assert_sound(session, account)


@pytest.mark.parametrize("scene", [" ", "x" * 256])
def test_scene_that_no_push_can_have_is_none(
    session: Session, account: Account, channel: Channel, scene: str
) -> None:
    with pytest.raises(NoSceneError):
        adoption.adopt(session, account, scene, channel, at=NOON)

    assert adoption.find_owner(session, account, scene) is None


def test_archived_channel_adopts_nothing(
    session: Session, account: Account, channel: Channel
) -> None:
    channel.state = ChannelState.ARCHIVED
    with pytest.raises(ChannelArchivedError):
        adoption.adopt(session, account, OLD, channel, at=NOON)


def test_scene_on_its_way_back_cannot_be_adopted_yet(
    session: Session, account: Account, channel: Channel
) -> None:
    adopted = adopt(session, account, channel)
    adoption.release(session, adopted, at=NOON)
    session.commit()

    with pytest.raises(StillMovingError):
        adoption.adopt(session, account, OLD, channel, at=NOON)
    with pytest.raises(NotFoundError):
        adoption.get_adopted(session, account, adopted.id)
    assert adoption.list_adopted(session, account) == []
    assert len(session.scalars(select(Task)).all()) == 1


def test_foreign_adoption_does_not_exist(
    session: Session, account: Account, channel: Channel
) -> None:
    adopted = adopt(session, account, channel)
    other = factories.account(session, "other")

    with pytest.raises(NotFoundError):
        adoption.get_adopted(session, other, adopted.id)


def test_work_of_an_adoption_that_is_gone_is_done(
    session: Session, account: Account
) -> None:
    assert move(session, account, 4711) == 1
