"""The URL WeChat calls: what is answered, what is stored."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.web.callback import GREETING, only_event, stored, unseal
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Account,
    ChannelState,
    Follower,
    Mode,
    QRCodeState,
    RawPush,
    ScanEvent,
)

VECTORS = json.loads(
    (Path(__file__).parent.parent / "wechat" / "vectors.json").read_text()
)
pytestmark = pytest.mark.usefixtures("account")


# --- what is answered -----------------------------------------------------------


def test_replies_by_channel_and_audience(client: FlaskClient, session: Session) -> None:
    own = factories.channel(
        session,
        reply_new={"kind": "text", "content": "first time"},
        reply_returning={"kind": "text", "content": "good to see you again"},
        reply_following={"kind": "text", "content": "you follow us"},
    )
    factories.qrcode(session, "counter", own)
    minute = factories.NOON.replace(minute=5)
    later = factories.NOON.replace(minute=9)

    first = client.post(pushes.signed(), data=pushes.subscribe("counter"))
    seen = client.post(pushes.signed(), data=pushes.scan("counter", at=minute))
    left = client.post(pushes.signed(), data=pushes.unsubscribe(at=minute))
    back = client.post(pushes.signed(), data=pushes.subscribe("counter", at=later))

    assert "first time" in first.text
    assert "you follow us" in seen.text
    assert left.text == "success"
    assert "good to see you again" in back.text


def test_reply_swaps_the_names_and_is_xml(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new = GREETING
    session.commit()

    answer = client.post(pushes.signed(), data=pushes.subscribe())

    assert answer.mimetype == "application/xml"
    assert "<ToUserName><![CDATA[anna]]></ToUserName>" in answer.text
    assert f"<FromUserName><![CDATA[{factories.ORIGINAL_ID}]]>" in answer.text
    assert "欢迎光临" in answer.text


def test_retried_push_gets_the_same_answer_and_counts_once(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new, account.reply_returning = (
        GREETING,
        {"kind": "text", "content": "x"},
    )
    session.commit()

    answers = [
        client.post(pushes.signed(), data=pushes.subscribe("a")) for _ in range(3)
    ]

    assert all("欢迎光临" in answer.text for answer in answers)
    assert stored(session) == 1
    assert only_event(session).class_ == "new_follow"


def test_sealed_push_gets_a_sealed_reply(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.mode, account.reply_new = Mode.SAFE, GREETING
    session.commit()
    address, body = pushes.sealed(pushes.subscribe())

    answer = client.post(address, data=body)

    assert "欢迎光临" not in answer.text
    assert "欢迎光临" in unseal(answer.text)


@pytest.mark.parametrize(
    ("channel_state", "code_state"),
    [
        (ChannelState.DISABLED, QRCodeState.ACTIVE),
        (ChannelState.ARCHIVED, QRCodeState.ACTIVE),
        (ChannelState.ACTIVE, QRCodeState.DISABLED),
    ],
)
def test_switched_off_code_counts_in_its_channel_with_the_default_reply(
    client: FlaskClient,
    session: Session,
    account: Account,
    channel_state: ChannelState,
    code_state: QRCodeState,
) -> None:
    account.reply_new = GREETING
    channel = factories.channel(
        session, state=channel_state, reply_new={"kind": "text", "content": "own"}
    )
    factories.qrcode(session, "off", channel, state=code_state)

    answer = client.post(pushes.signed(), data=pushes.subscribe("off"))

    assert "欢迎光临" in answer.text
    session.rollback()
    assert only_event(session).row_id == channel.id


def test_expired_code_counts_in_its_channel_with_the_default_reply(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new = GREETING
    channel = factories.channel(session, reply_new={"kind": "text", "content": "own"})
    factories.qrcode(
        session,
        "short",
        channel,
        lifetime="temporary",
        expire_seconds=60,
        expires_at=datetime(2026, 3, 1, tzinfo=UTC),
    )

    answer = client.post(pushes.signed(), data=pushes.subscribe("short"))

    assert "欢迎光临" in answer.text
    session.rollback()
    assert only_event(session).row_id == channel.id


def test_unknown_scene_is_recorded_with_the_default_reply(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new = GREETING
    session.commit()

    answer = client.post(pushes.signed(), data=pushes.subscribe("made-elsewhere"))

    assert "欢迎光临" in answer.text
    event = only_event(session)
    assert (event.row_id, event.scene) == (UNKNOWN_SCENE, "made-elsewhere")


# --- what is stored -------------------------------------------------------------


def test_payment_follow_has_no_channel_and_says_where_it_came_from(
    client: FlaskClient, session: Session
) -> None:
    client.post(pushes.signed(), data=pushes.event("subscribe", "last_trade_no_4008"))

    event = only_event(session)
    assert (event.row_id, event.scene, event.source) == (NO_CHANNEL, None, "payment")


def test_event_name_is_taken_in_any_letter_case(
    client: FlaskClient, session: Session
) -> None:
    client.post(pushes.signed(), data=pushes.event("Subscribe", "qrscene_a"))
    client.post(pushes.signed(), data=pushes.event("SUBSCRIBE", "qrscene_a"))

    assert only_event(session).scene == "a"


@pytest.mark.parametrize(
    "body",
    [
        pushes.text("hello"),
        pushes.event("debug_demo", None),
        pushes.event("CLICK", "MENU_1"),
        pushes.event("something_new", "x"),
    ],
)
def test_other_pushes_are_kept_raw_and_answered_success(
    client: FlaskClient, session: Session, body: bytes
) -> None:
    answer = client.post(pushes.signed(), data=body)

    assert (answer.text, answer.mimetype) == ("success", "text/plain")
    assert stored(session) == 1
    assert session.scalars(select(RawPush)).one().body == body
    assert session.scalars(select(ScanEvent)).all() == []


def test_json_push_is_read_and_answered_success(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new = GREETING
    session.commit()
    push = {
        "ToUserName": factories.ORIGINAL_ID,
        "FromUserName": "anna",
        "CreateTime": int(factories.NOON.timestamp()),
        "MsgType": "event",
        "Event": "subscribe",
        "EventKey": "qrscene_a",
    }

    answer = client.post(pushes.signed(), data=json.dumps(push))

    assert answer.text == "success"
    assert only_event(session).scene == "a"


def test_openid_is_stored_sealed_and_erased_on_unfollow(
    client: FlaskClient, session: Session
) -> None:
    later = factories.NOON.replace(minute=5)
    client.post(pushes.signed(), data=pushes.subscribe("a"))
    session.rollback()
    kept = session.scalars(select(Follower)).one().openid
    session.rollback()

    client.post(pushes.signed(), data=pushes.unsubscribe(at=later))

    session.rollback()
    assert kept == "anna"
    assert session.scalars(select(Follower)).one().openid is None


def test_openid_in_the_address_is_ignored(
    client: FlaskClient, session: Session
) -> None:
    client.post(pushes.signed(openid="mallory"), data=pushes.subscribe("a"))

    session.rollback()
    assert session.scalars(select(Follower)).one().openid == "anna"


def test_two_events_of_one_second_are_both_kept(
    client: FlaskClient, session: Session
) -> None:
    client.post(pushes.signed(), data=pushes.subscribe("a"))
    client.post(pushes.signed(), data=pushes.scan("a"))

    assert stored(session) == 2


def test_scene_longer_than_ours_can_be_is_kept_cut(
    client: FlaskClient, session: Session
) -> None:
    client.post(pushes.signed(), data=pushes.subscribe("x" * 300))

    assert only_event(session).scene == "x" * 255
