"""A follow whose scene WeChat lost: asked about, moved to its channel, explained."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.misreadings import find_misreadings
from tests.wire import API, wechat_on_the_wire
from wxchannels import clock
from wxchannels.ledger import counters, inbox, testers
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Account,
    Follower,
    Repair,
    ScanEvent,
    Source,
    Task,
    TaskState,
)
from wxchannels.outbox import leases
from wxchannels.reports.figures import ChannelReport, channel_report
from wxchannels.reports.periods import Period
from wxchannels.wechat.pushes import parse
from wxchannels.worker.runner import run_task

BATCH = f"{API}/cgi-bin/user/info/batchget"
TODAY = Period(date(2026, 3, 2), date(2026, 3, 2), "Asia/Shanghai")


class People:
    """What WeChat says of everybody, and how it was asked."""

    def __init__(self) -> None:
        self.said: dict[str, dict[str, Any]] = {}
        self.asked: list[list[str]] = []

    def follows(self, openid: str, at: datetime = NOON, **more: object) -> None:
        fields = {"subscribe_scene": "ADD_SCENE_QR_CODE", "qr_scene": 0, **more}
        times = {"subscribe": 1, "subscribe_time": int(at.timestamp())}
        self.said[openid] = {"openid": openid, **times, **fields}

    def answer(
        self, request: requests.PreparedRequest
    ) -> tuple[int, dict[str, str], str]:
        assert isinstance(request.body, bytes)
        asked = [one["openid"] for one in json.loads(request.body)["user_list"]]
        self.asked.append(asked)
        if not set(asked) <= self.said.keys():
            return 200, {}, json.dumps({"errcode": 40003, "errmsg": "invalid openid"})
        people = [self.said[openid] for openid in asked]
        return 200, {}, json.dumps({"user_info_list": people})


@pytest.fixture
def people() -> Iterator[People]:
    found = People()
    with wechat_on_the_wire() as wire:
        wire.add_callback(responses.POST, BATCH, found.answer)
        yield found


@pytest.fixture
def receive(session: Session, account: Account) -> Callable[..., None]:
    def receive(*bodies: bytes) -> None:
        deliveries = [
            Delivery(push=parse(body), body=body, received_at=NOON) for body in bodies
        ]
        inbox.receive(session, account.id, deliveries)
        session.commit()

    return receive


def work(session: Session) -> None:
    """Do all that is due, one after the other."""
    for number in leases.list_due(session, ["lookup"], limit=500, now=clock.utcnow()):
        session.rollback()
        run_task(number)
    session.rollback()
    session.expire_all()


def report(session: Session, account: Account) -> ChannelReport:
    return channel_report(session, account, TODAY, now=NOON)


def assert_sound(session: Session, account: Account) -> None:
    assert counters.check(session, account.id) == []
    assert list(find_misreadings(session, account)) == []


def states(session: Session) -> Sequence[TaskState]:
    return [TaskState(state) for state in session.scalars(select(Task.state))]


@pytest.mark.parametrize("told", [{"qr_scene_str": "counter"}, {"qr_scene": 4711}])
def test_lost_scene_is_found_and_everything_moves(
    session: Session,
    account: Account,
    people: People,
    receive: Callable[..., None],
    told: dict[str, object],
) -> None:
    channel = factories.channel(session, "Counter")
    factories.qrcode(session, "counter", of=channel)
    factories.qrcode(session, "4711", of=channel)
    people.follows("anna", NOON + timedelta(seconds=2), **told)
    receive(pushes.subscribe(None), pushes.scan("4711", at=NOON + timedelta(hours=1)))

    work(session)

    shown = report(session, account)
    [row] = shown.rows
    assert (row.scans, row.new_follows, row.followers_now, row.scanners) == (2, 1, 1, 1)
    assert shown.no_channel.is_blank
    event = session.scalars(select(ScanEvent).order_by(ScanEvent.id)).first()
    assert event
    assert event.scene == str(next(iter(told.values())))
    assert event.source == Source.QRCODE
    [trace] = session.scalars(select(Repair))
    assert (trace.from_row_id, trace.to_row_id) == (NO_CHANNEL, channel.id)
    assert (trace.reason, trace.event_id) == ("lost_scene", event.id)
    assert_sound(session, account)


def test_late_unfollow_of_a_repaired_follow_is_charged_to_its_channel(
    session: Session, account: Account, people: People, receive: Callable[..., None]
) -> None:
    factories.qrcode(session, "counter")
    people.follows("anna", qr_scene_str="counter")
    receive(pushes.subscribe(None))
    work(session)

    receive(pushes.unsubscribe(at=NOON + timedelta(minutes=1)))

    assert report(session, account).rows[0].unfollows == 1
    assert_sound(session, account)


def test_scene_that_is_no_code_of_ours_is_unknown(
    session: Session, account: Account, people: People, receive: Callable[..., None]
) -> None:
    people.follows("anna", qr_scene_str="elsewhere")
    receive(pushes.subscribe(None))

    work(session)

    shown = report(session, account)
    assert (shown.unknown_scene.scans, shown.unknown_scene.new_follows) == (1, 1)
    assert [one.to_row_id for one in session.scalars(select(Repair))] == [UNKNOWN_SCENE]


@pytest.mark.parametrize(
    "said",
    [
        {"subscribe": 0},
        {"at": NOON + timedelta(seconds=3), "qr_scene_str": "counter"},
        {"at": NOON - timedelta(seconds=3), "qr_scene_str": "counter"},
        {"subscribe_scene": "ADD_SCENE_SEARCH", "qr_scene_str": "counter"},
        {"qr_scene_str": "", "qr_scene": 0},
    ],
    ids=["gone", "another follow later", "an earlier one", "no code", "no scene"],
)
def test_what_does_not_belong_to_the_follow_changes_no_figure(
    session: Session,
    account: Account,
    people: People,
    receive: Callable[..., None],
    said: dict[str, Any],
) -> None:
    factories.qrcode(session, "counter")
    people.follows("anna", **said)
    receive(pushes.subscribe(None))

    work(session)

    assert report(session, account).no_channel.new_follows == 1
    assert session.scalars(select(Repair)).all() == []
    assert states(session) == [TaskState.DONE]


def test_how_the_person_came_is_kept_where_no_code_was_scanned(
    session: Session, people: People, receive: Callable[..., None]
) -> None:
    people.follows("anna", subscribe_scene="ADD_SCENE_PROFILE_CARD")
    receive(pushes.subscribe(None))

    work(session)

    [event] = session.scalars(select(ScanEvent))
    assert event.subscribe_scene == "ADD_SCENE_PROFILE_CARD"
    assert event.source == Source.UNKNOWN


def test_only_follows_that_do_not_say_how_they_came_are_asked_about(
    session: Session, receive: Callable[..., None]
) -> None:
    factories.qrcode(session, "counter")
    gone = NOON + timedelta(minutes=1)

    receive(
        pushes.subscribe("counter", openid="a"),
        pushes.event("subscribe", "last_trade_no_1", openid="b"),
        pushes.event("subscribe", "scanbarcode|EAN|1", openid="c"),
        pushes.subscribe(None, openid="d"),
        pushes.unsubscribe(openid="d", at=gone),
        pushes.subscribe(None, openid="e"),
        pushes.subscribe(None, openid="e"),
    )

    receive(pushes.subscribe(None, openid="e"))

    assert len(states(session)) == 1


def test_many_that_wait_are_asked_about_at_once(
    session: Session, account: Account, people: People, receive: Callable[..., None]
) -> None:
    factories.qrcode(session, "counter")
    openids = [f"o{number:03}" for number in range(130)]
    for openid in openids:
        people.follows(openid, qr_scene_str="counter")
    receive(*(pushes.subscribe(None, openid=openid) for openid in openids))

    work(session)

    assert [len(asked) for asked in people.asked] == [100, 30]
    assert report(session, account).rows[0].new_follows == 130
    assert set(states(session)) == {TaskState.DONE}
    assert_sound(session, account)


def test_openid_that_wechat_does_not_know_spoils_nobody_elses_answer(
    session: Session, account: Account, people: People, receive: Callable[..., None]
) -> None:
    factories.qrcode(session, "counter")
    people.follows("bo", qr_scene_str="counter")
    people.follows("cai", qr_scene_str="counter")
    receive(*(pushes.subscribe(None, openid=one) for one in ("anna", "bo", "cai")))

    work(session)

    shown = report(session, account)
    assert (shown.rows[0].new_follows, shown.no_channel.new_follows) == (2, 1)
    assert set(states(session)) == {TaskState.DONE}


def test_who_left_meanwhile_is_not_asked_about(
    session: Session, people: People, receive: Callable[..., None]
) -> None:
    receive(pushes.subscribe(None))
    receive(pushes.unsubscribe(at=NOON + timedelta(minutes=1)))

    work(session)

    assert people.asked == []
    assert states(session) == [TaskState.DONE]


def test_asking_twice_moves_once(
    session: Session, account: Account, people: People, receive: Callable[..., None]
) -> None:
    factories.qrcode(session, "counter")
    people.follows("anna", qr_scene_str="counter")
    receive(pushes.subscribe(None))
    work(session)
    [task] = session.scalars(select(Task))
    task.state, task.open_key = TaskState.DUE, task.subject
    session.commit()

    work(session)

    assert len(session.scalars(select(Repair)).all()) == 1
    assert report(session, account).rows[0].new_follows == 1
    assert_sound(session, account)


def test_tester_is_moved_without_a_figure(
    session: Session, account: Account, people: People, receive: Callable[..., None]
) -> None:
    factories.qrcode(session, "counter")
    people.follows("anna", qr_scene_str="counter")
    receive(pushes.subscribe(None))
    testers.mark(session, session.scalars(select(Follower)).one(), is_tester=True)
    session.commit()

    work(session)

    assert report(session, account).rows[0].new_follows == 0
    assert len(session.scalars(select(Repair)).all()) == 1
