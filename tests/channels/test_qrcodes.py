"""Codes: what WeChat is asked for, and what is kept of its answer."""

import json
import re
from datetime import timedelta

import pytest
import responses
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from tests.wire import CREATE
from wxchannels.channels import channels, qrcodes
from wxchannels.channels.errors import ChannelArchivedError
from wxchannels.channels.qrcodes import (
    BadLabelError,
    PendingQRCodeError,
    SceneTakenError,
)
from wxchannels.errors import NotFoundError
from wxchannels.models import Account, Channel, Lifetime, QRCode, QRCodeState, SceneType
from wxchannels.web.wechat import client_for
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.client import WeChatClient
from wxchannels.wechat.errors import WeChatRefusedError

TICKET = {"ticket": "TICKET", "url": "http://weixin.qq.com/q/x"}
KEPT = Ticket("TICKET", "http://weixin.qq.com/q/x")


def issue(
    session: Session, wechat: WeChatClient, account: Account, **wanted: object
) -> QRCode:
    plan = qrcodes.plan_qrcode(session, account, **wanted)  # type: ignore[arg-type]
    channel_id = session.scalars(select(Channel.id)).one()
    session.rollback()
    ticket = qrcodes.ask_wechat(session, wechat, plan)
    channel = channels.get_channel(session, account, channel_id)
    qrcode = qrcodes.record_qrcode(session, channel, plan, ticket, at=NOON)
    session.commit()
    return qrcode


def asked(wire: responses.RequestsMock) -> object:
    return json.loads(wire.calls[-1].request.body or b"")


@pytest.mark.parametrize(
    ("lifetime", "scene", "expire_seconds", "body"),
    [
        (
            Lifetime.PERMANENT,
            "shop",
            None,
            {
                "action_name": "QR_LIMIT_STR_SCENE",
                "action_info": {"scene": {"scene_str": "shop"}},
            },
        ),
        (
            Lifetime.PERMANENT,
            4711,
            None,
            {
                "action_name": "QR_LIMIT_SCENE",
                "action_info": {"scene": {"scene_id": 4711}},
            },
        ),
        (
            Lifetime.TEMPORARY,
            "4711",
            60,
            {
                "expire_seconds": 60,
                "action_name": "QR_STR_SCENE",
                "action_info": {"scene": {"scene_str": "4711"}},
            },
        ),
        (
            Lifetime.TEMPORARY,
            2**32 - 1,
            2592000,
            {
                "expire_seconds": 2592000,
                "action_name": "QR_SCENE",
                "action_info": {"scene": {"scene_id": 2**32 - 1}},
            },
        ),
    ],
)
def test_all_four_kinds_are_asked_for_and_kept(
    session: Session,
    account: Account,
    wechat: WeChatClient,
    wire: responses.RequestsMock,
    lifetime: Lifetime,
    scene: str | int,
    expire_seconds: int | None,
    body: object,
) -> None:
    factories.channel(session)
    answer = TICKET if expire_seconds is None else {**TICKET, "expire_seconds": 50}
    wire.post(CREATE, json=answer)

    qrcode = issue(
        session,
        wechat,
        account,
        lifetime=lifetime,
        scene=scene,
        expire_seconds=expire_seconds,
    )

    assert asked(wire) == body
    assert (qrcode.scene, qrcode.state) == (str(scene), QRCodeState.ACTIVE)
    assert qrcode.scene_type == (SceneType.INT if type(scene) is int else SceneType.STR)
    assert (qrcode.ticket, qrcode.url) == (TICKET["ticket"], TICKET["url"])
    ends = NOON + timedelta(seconds=50) if expire_seconds else None
    assert (qrcode.issued_at, qrcode.expires_at) == (NOON, ends)


def test_scene_that_is_not_given_is_made_up(session: Session, account: Account) -> None:
    scenes = {qrcodes.plan_qrcode(session, account).scene for _ in range(50)}

    assert len(scenes) == 50
    assert all(re.fullmatch("[a-z2-7]{10}", scene) for scene in scenes)


@pytest.mark.parametrize(("first", "second"), [("4711", 4711), (4711, "4711")])
def test_number_and_text_of_the_same_digits_are_one_scene(
    session: Session, account: Account, first: str | int, second: str | int
) -> None:
    factories.qrcode(session, str(first))

    with pytest.raises(SceneTakenError):
        qrcodes.plan_qrcode(session, account, scene=second)


def test_scene_that_was_taken_meanwhile_is_refused(
    session: Session, account: Account
) -> None:
    channel = factories.channel(session)
    plan = qrcodes.plan_qrcode(session, account, scene="shop")
    factories.qrcode(session, "shop")

    with pytest.raises(SceneTakenError):
        qrcodes.record_qrcode(session, channel, plan, KEPT, at=NOON)

    assert channel.qrcodes == []


def test_another_account_may_use_the_same_scene(
    session: Session, account: Account
) -> None:
    other = factories.account(session, "other")
    factories.qrcode(session, "shop", of=factories.channel(session, of=other))

    assert qrcodes.plan_qrcode(session, account, scene="shop").scene == "shop"


@pytest.mark.parametrize(
    "errcode",
    [-1, 40001, 40013, 40053, 40125, 40164, 45009, 45011, 45029, 48001, 99999],
)
def test_refusal_leaves_no_code_and_the_channel_stays(
    session: Session,
    account: Account,
    wire: responses.RequestsMock,
    monkeypatch: pytest.MonkeyPatch,
    errcode: int,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    factories.channel(session)
    wire.post(CREATE, json={"errcode": errcode, "errmsg": "no"})
    wechat = client_for(account)
    wechat._door._sleep = lambda _: None

    with pytest.raises(Exception, match=r"WeChat|busy"):
        issue(session, wechat, account)

    assert session.scalar(select(func.count(QRCode.id))) == 0
    assert session.scalar(select(func.count(Channel.id))) == 1


def test_refusal_does_not_block_the_next_call(
    session: Session,
    account: Account,
    wechat: WeChatClient,
    wire: responses.RequestsMock,
) -> None:
    factories.channel(session)
    wire.post(CREATE, json={"errcode": 45009, "errmsg": "no"})
    wire.post(CREATE, json=TICKET)
    with pytest.raises(WeChatRefusedError, match="45009"):
        issue(session, wechat, account, scene="shop")

    assert issue(session, wechat, account, scene="shop").scene == "shop"


def test_wechat_is_not_asked_inside_a_transaction(
    session: Session, account: Account, wechat: WeChatClient
) -> None:
    plan = qrcodes.plan_qrcode(session, account)

    with pytest.raises(RuntimeError):
        qrcodes.ask_wechat(session, wechat, plan)


def test_archived_channel_gets_no_code(session: Session, account: Account) -> None:
    channel = factories.channel(session, state="archived")
    plan = qrcodes.plan_qrcode(session, account)

    with pytest.raises(ChannelArchivedError):
        qrcodes.record_qrcode(session, channel, plan, KEPT, at=NOON)


def test_disabled_code_can_be_enabled_again(session: Session, account: Account) -> None:
    del account
    qrcode = factories.qrcode(session)

    states = []
    for change in (qrcodes.disable_qrcode, qrcodes.enable_qrcode):
        change(qrcode)
        states.append(qrcode.state)

    assert states == ["disabled", "active"]


def test_pending_code_can_be_neither_disabled_nor_enabled(
    session: Session, account: Account
) -> None:
    del account
    pending = factories.qrcode(
        session, state=QRCodeState.PENDING, ticket=None, url=None, issued_at=None
    )

    with pytest.raises(PendingQRCodeError):
        qrcodes.disable_qrcode(pending)
    with pytest.raises(PendingQRCodeError):
        qrcodes.enable_qrcode(pending)


@pytest.mark.parametrize(
    ("states", "main"),
    [
        ([], None),
        (["active", "active"], 0),
        (["disabled", "active", "active"], 1),
        (["disabled", "pending"], 1),
        (["disabled", "disabled"], 1),
    ],
)
def test_oldest_code_in_use_is_the_main_one(
    session: Session, account: Account, states: list[str], main: int | None
) -> None:
    del account
    channel = factories.channel(session)
    codes = [
        factories.qrcode(session, f"c{number}", of=channel, state=state)
        for number, state in enumerate(states)
    ]
    session.refresh(channel)

    found = qrcodes.main_qrcode(channel, NOON)

    assert found is (None if main is None else codes[main])


@pytest.mark.parametrize("label", ["x" * 65, "a\nb"])
def test_label_fits_a_line(session: Session, account: Account, label: str) -> None:
    with pytest.raises(BadLabelError):
        qrcodes.plan_qrcode(session, account, label=label)


def test_another_accounts_code_does_not_exist(
    session: Session, account: Account
) -> None:
    other = factories.account(session, "other")
    qrcode = factories.qrcode(session, of=factories.channel(session, of=other))

    with pytest.raises(NotFoundError):
        qrcodes.get_qrcode(session, account, qrcode.id)
    with pytest.raises(NotFoundError):
        qrcodes.get_qrcode(session, account, 2**63)
