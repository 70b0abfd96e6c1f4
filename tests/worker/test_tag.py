"""Whoever follows through a channel with a tag gets it in WeChat."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import responses
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.applications import statements
from tests.factories import NOON
from tests.wire import API, wechat_on_the_wire
from tests.worker.conftest import task_of
from wxchannels.ledger import inbox
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import (
    Account,
    ChannelGroup,
    QRCode,
    Task,
    TaskState,
    WeChatTag,
)
from wxchannels.wechat import pushes as wechat_pushes
from wxchannels.worker.runner import run_task

TAGS = f"{API}/cgi-bin/tags"
BATCH = f"{TAGS}/members/batchtagging"
OK = {"errcode": 0, "errmsg": "ok"}
DAY = timedelta(days=1)


@pytest.fixture
def code(session: Session, account: Account) -> QRCode:
    """Return the code of a channel whose followers are tagged."""
    del account
    channel = factories.channel(session, "Counter", tag_in_wechat="柜台")
    return factories.qrcode(session, "counter", channel)


def receive(session: Session, account: Account, *bodies: bytes) -> None:
    deliveries = [
        Delivery(push=wechat_pushes.parse(body), body=body, received_at=NOON)
        for body in bodies
    ]
    inbox.receive(session, account.id, deliveries)
    session.commit()


def follow(
    session: Session, account: Account, *openids: str, at: datetime = NOON
) -> None:
    """Have them follow through the code."""
    bodies = [pushes.subscribe("counter", openid=one, at=at) for one in openids]
    receive(session, account, *bodies)


def tasks(session: Session) -> list[Task]:
    session.rollback()
    session.expire_all()
    mine = select(Task).where(Task.kind == "tag").order_by(Task.id)
    return list(session.scalars(mine))


def do(session: Session, place: int = 0) -> Task:
    number = tasks(session)[place].id
    session.rollback()
    run_task(number)
    return task_of(session, number)


def tagged(wire: responses.RequestsMock) -> list[dict[str, Any]]:
    """Return what WeChat was asked to tag."""
    return [
        json.loads(call.request.body or b"")
        for call in wire.calls
        if str(call.request.url).startswith(BATCH)
    ]


def know(wire: responses.RequestsMock, *names: str) -> None:
    """Let WeChat know these tags, from 100 on."""
    known = [{"id": 100 + n, "name": name} for n, name in enumerate(names)]
    wire.get(f"{TAGS}/get", json={"tags": known})


@pytest.mark.usefixtures("code")
def test_new_and_returning_followers_are_to_be_tagged(
    session: Session, account: Account
) -> None:
    follow(session, account, "anna")
    receive(session, account, pushes.unsubscribe(openid="anna", at=NOON + DAY))
    follow(session, account, "anna", at=NOON + 2 * DAY)
    receive(session, account, pushes.scan("counter", openid="anna", at=NOON + 3 * DAY))

    found = tasks(session)

    assert len(found) == 2
    assert {task.due_at for task in found} == {NOON}
    assert "anna" not in found[0].subject


@pytest.mark.usefixtures("code")
def test_retried_push_asks_once(session: Session, account: Account) -> None:
    follow(session, account, "anna")
    follow(session, account, "anna")

    assert len(tasks(session)) == 1


def test_channels_without_a_tag_cost_no_statement(
    session: Session, account: Account
) -> None:
    factories.qrcode(session, "counter")

    with statements() as said:
        follow(session, account, "anna")

    # The look at the code, which is taken anyway.
    assert len([one for one in said if "task" in one or "tag_in_wechat" in one]) == 1
    assert tasks(session) == []


def test_group_tags_where_the_channel_does_not(
    session: Session, account: Account
) -> None:
    group = ChannelGroup(account_id=account.id, path="华东", tag_in_wechat="华东")
    session.add(group)
    channel = factories.channel(session, "Counter", group=group)
    factories.qrcode(session, "counter", channel)
    follow(session, account, "anna")

    with wechat_on_the_wire() as wire:
        know(wire, "柜台", "华东")
        wire.post(BATCH, json=OK)
        assert do(session).state == TaskState.DONE

        assert tagged(wire) == [{"openid_list": ["anna"], "tagid": 101}]


@pytest.mark.usefixtures("code")
def test_people_of_a_channel_are_tagged_together(
    session: Session, account: Account
) -> None:
    follow(session, account, "anna", "bo", "cleo")

    with wechat_on_the_wire() as wire:
        know(wire, "柜台")
        wire.post(BATCH, json=OK)
        do(session)

        [asked] = tagged(wire)
    assert sorted(asked["openid_list"]) == ["anna", "bo", "cleo"]
    assert {task.state for task in tasks(session)} == {TaskState.DONE}


@pytest.mark.usefixtures("code")
def test_missing_tag_is_made_once_and_its_number_kept(
    session: Session, account: Account
) -> None:
    follow(session, account, "anna")

    with wechat_on_the_wire() as wire:
        know(wire)
        wire.post(f"{TAGS}/create", json={"tag": {"id": 134, "name": "柜台"}})
        wire.post(BATCH, json=OK)
        do(session)
        follow(session, account, "bo")
        do(session, 1)

        assert [one["tagid"] for one in tagged(wire)] == [134, 134]
        assert sum("create" in str(call.request.url) for call in wire.calls) == 1
    assert session.scalars(select(WeChatTag.tag_id)).all() == [134]


@pytest.mark.usefixtures("code")
def test_tag_deleted_in_wechats_console_is_looked_up_again(
    session: Session, account: Account
) -> None:
    session.add(WeChatTag(account_id=account.id, name="柜台", tag_id=99))
    session.commit()
    follow(session, account, "anna")

    with wechat_on_the_wire() as wire:
        wire.post(BATCH, json={"errcode": 45159, "errmsg": "invalid tag id"})
        wire.post(BATCH, json=OK)
        know(wire, "柜台")
        assert do(session).state == TaskState.DONE

        assert [one["tagid"] for one in tagged(wire)] == [99, 100]


@pytest.mark.usefixtures("code")
def test_one_with_too_many_tags_holds_up_no_other(
    session: Session, account: Account
) -> None:
    follow(session, account, "anna", "bo")
    refused = {"errcode": 45059, "errmsg": "can't add more than 20 tags to a user"}

    with wechat_on_the_wire() as wire:
        know(wire, "柜台")
        # Both; the first alone; then the second.
        for answer in (refused, refused, OK):
            wire.post(BATCH, json=answer)
        first = do(session)
        assert (first.state, first.errcode) == (TaskState.PARKED, 45059)

        assert do(session, 1).state == TaskState.DONE
        asked = [one["openid_list"] for one in tagged(wire)]
    assert sorted(asked[0]) == ["anna", "bo"]
    assert sorted(asked[1:]) == [["anna"], ["bo"]]


@pytest.mark.parametrize("errcode", [40003, 49003])
@pytest.mark.usefixtures("code")
def test_whoever_is_no_follower_any_more_is_left_alone(
    session: Session, account: Account, errcode: int
) -> None:
    follow(session, account, "anna")

    with wechat_on_the_wire() as wire:
        know(wire, "柜台")
        wire.post(BATCH, json={"errcode": errcode, "errmsg": "invalid openid"})

        assert do(session).state == TaskState.DONE


@pytest.mark.usefixtures("code")
def test_whoever_left_meanwhile_is_not_asked_about(
    session: Session, account: Account
) -> None:
    follow(session, account, "anna")
    receive(session, account, pushes.unsubscribe(openid="anna", at=NOON + DAY))

    with wechat_on_the_wire() as wire:
        assert do(session).state == TaskState.DONE

        assert len(wire.calls) == 0


@pytest.mark.usefixtures("code")
def test_person_who_is_tagged_elsewhere_at_the_moment_waits(
    session: Session, account: Account
) -> None:
    follow(session, account, "anna")

    with wechat_on_the_wire() as wire:
        know(wire, "柜台")
        wire.post(BATCH, json={"errcode": 45169, "errmsg": "concurrent tagging"})

        assert do(session).state == TaskState.DUE


@pytest.mark.usefixtures("code")
def test_silent_wechat_leaves_everybody_in_line(
    session: Session, account: Account
) -> None:
    follow(session, account, "anna", "bo")

    with wechat_on_the_wire() as wire:
        know(wire, "柜台")
        wire.post(BATCH, status=502)
        do(session)

    first, second = tasks(session)
    assert {first.state, second.state} == {TaskState.DUE}
    assert first.error == "WeChatUnavailableError"
    assert second.leased_until is None


def test_tag_that_nobody_wants_any_more_is_not_put_on(
    session: Session, account: Account, code: QRCode
) -> None:
    follow(session, account, "anna")
    code.channel.tag_in_wechat = None
    session.commit()

    with wechat_on_the_wire() as wire:
        assert do(session).state == TaskState.DONE

        assert len(wire.calls) == 0


@pytest.mark.usefixtures("code")
def test_follow_whose_scene_was_lost_is_tagged_when_it_is_found(
    session: Session, account: Account
) -> None:
    receive(session, account, pushes.subscribe(openid="anna"))
    number = session.scalars(select(Task.id).where(Task.kind == "lookup")).one()
    session.rollback()
    anna = {
        "subscribe": 1,
        "openid": "anna",
        "subscribe_time": int(NOON.timestamp()),
        "subscribe_scene": "ADD_SCENE_QR_CODE",
        "qr_scene_str": "counter",
    }

    with wechat_on_the_wire() as wire:
        found = {"user_info_list": [anna]}
        wire.post(f"{API}/cgi-bin/user/info/batchget", json=found)
        run_task(number)
        know(wire, "柜台")
        wire.post(BATCH, json=OK)
        do(session)

        assert tagged(wire) == [{"openid_list": ["anna"], "tagid": 100}]
