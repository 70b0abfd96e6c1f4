"""The URL WeChat calls: who gets in, what is answered, what is stored."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import to_text

from tests import factories, pushes
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
GREETING = {"kind": "text", "content": "欢迎光临"}


def stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(RawPush)) or 0


def only_event(session: Session) -> ScanEvent:
    session.rollback()
    return session.scalars(select(ScanEvent)).one()


def set_mode(session: Session, account: Account, mode: Mode) -> None:
    account.mode = mode
    session.commit()


# --- verification ---------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/weixin/main", "/weixin/main/", "/weixin", "/weixin/"]
)
def test_echostr_comes_back_byte_for_byte(client: FlaskClient, path: str) -> None:
    query = pushes.signed(echostr="<b>&é5").split("?")[1]

    answer = client.get(f"{path}?{query}")

    assert answer.status_code == 200
    assert answer.text == "<b>&é5"
    assert answer.mimetype == "text/plain"


def test_verification_notes_its_first_moment_only(
    client: FlaskClient, session: Session, account: Account
) -> None:
    client.get(pushes.signed(echostr="1"))
    session.refresh(account)
    first = account.verified_at
    session.rollback()

    client.get(pushes.signed(echostr="1"))

    session.refresh(account)
    assert first is not None
    assert account.verified_at == first


def test_official_vector_of_the_verification(
    client: FlaskClient, session: Session, account: Account
) -> None:
    vector = VECTORS["signature"][0]
    account.token = vector["token"]
    session.commit()
    query = {k: vector[k] for k in ("signature", "timestamp", "nonce", "echostr")}

    answer = client.get("/weixin/main", query_string=query)

    assert answer.text == vector["echostr"]


# --- who gets in ----------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "signature=&timestamp=&nonce=",
        pushes.signed().split("?")[1].replace("signature=", "signature=0"),
        pushes.signed().split("?")[1] + "&signature=x",
        pushes.signed().split("?")[1] + "&nonce=x",
        pushes.signed().split("?")[1].replace("timestamp=1", "timestamp=a1"),
        f"signature={pushes.sha1(factories.TOKEN, 'x', 'n')}&timestamp=x&nonce=n",
        "timestamp=1&nonce=n&signature="
        + pushes.sha1(factories.TOKEN, "1", "n").upper(),
        "timestamp=1&nonce=n&signature=" + pushes.sha1("another", "1", "n"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_forged_requests_get_one_and_the_same_403(
    client: FlaskClient, session: Session, query: str, method: str
) -> None:
    answer = client.open(
        f"/weixin/main?{query}", method=method, data=pushes.subscribe("a")
    )

    assert (answer.status_code, answer.text) == (403, "Forbidden")
    assert stored(session) == 0


def test_unknown_account_is_forbidden(client: FlaskClient) -> None:
    answer = client.post(pushes.signed("nobody"), data=pushes.subscribe("a"))

    assert answer.status_code == 403


def test_address_without_a_name_needs_a_single_account(
    client: FlaskClient, session: Session
) -> None:
    factories.account(session, "second")

    answer = client.post(
        pushes.signed().replace("/main", ""), data=pushes.subscribe("a")
    )

    assert answer.status_code == 403


def test_token_changed_a_moment_ago_is_taken(
    app: Flask, client: FlaskClient, session: Session, account: Account
) -> None:
    assert client.post(pushes.signed(), data=pushes.text("one")).status_code == 200
    account.token = "changed0"
    session.commit()
    app.extensions["intake"].directory._asked_at -= 1
    signature = pushes.sha1("changed0", "1", "n")

    answer = client.post(
        f"/weixin/main?signature={signature}&timestamp=1&nonce=n",
        data=pushes.text("two", message_id=2),
    )

    assert answer.status_code == 200


# --- modes ----------------------------------------------------------------------


@pytest.mark.parametrize("mode", list(Mode))
def test_sealed_push_is_read_in_every_mode(
    client: FlaskClient, session: Session, account: Account, mode: Mode
) -> None:
    set_mode(session, account, mode)
    address, body = pushes.sealed(pushes.subscribe("elsewhere"))

    assert client.post(address, data=body).status_code == 200

    assert only_event(session).scene == "elsewhere"


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.COMPATIBLE])
def test_plaintext_is_read_unless_the_mode_is_safe(
    client: FlaskClient, session: Session, account: Account, mode: Mode
) -> None:
    set_mode(session, account, mode)

    answer = client.post(pushes.signed(), data=pushes.subscribe("elsewhere"))

    assert answer.status_code == 200
    assert stored(session) == 1


def test_plaintext_to_an_account_in_safe_mode_is_refused(
    client: FlaskClient, session: Session, account: Account
) -> None:
    set_mode(session, account, Mode.SAFE)

    answer = client.post(pushes.signed(), data=pushes.subscribe("a"))

    assert (answer.status_code, answer.text) == (403, "Forbidden")
    assert stored(session) == 0


def test_right_signature_with_wrong_msg_signature_is_refused(
    client: FlaskClient, session: Session
) -> None:
    _, body = pushes.sealed(pushes.subscribe("a"))
    signature = pushes.sha1(factories.TOKEN, pushes.TIMESTAMP, pushes.NONCE)

    answer = client.post(
        pushes.signed(encrypt_type="aes", msg_signature=signature), data=body
    )

    assert answer.status_code == 403
    assert stored(session) == 0


def sealed_badly(encrypted: str) -> tuple[str, str]:
    signature = pushes.sha1(factories.TOKEN, pushes.TIMESTAMP, pushes.NONCE, encrypted)
    address = pushes.signed(encrypt_type="aes", msg_signature=signature)
    return address, f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"


@pytest.mark.parametrize("encrypted", ["!!!", "QUJD", "A" * 64, "A" * 43 + "="])
def test_what_does_not_open_is_refused(
    client: FlaskClient, session: Session, encrypted: str
) -> None:
    address, body = sealed_badly(encrypted)

    assert client.post(address, data=body).status_code == 403
    assert stored(session) == 0


def test_push_for_another_app_is_refused(client: FlaskClient) -> None:
    crypto = WeChatCrypto(factories.TOKEN, factories.AES_KEY, "wx-somebody-else")
    sealed = crypto.encrypt_message(pushes.subscribe("a").decode(), "n", "1")
    encrypted = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    address, body = sealed_badly(encrypted)

    assert client.post(address, data=body).status_code == 403


@pytest.mark.parametrize(
    "body", ["", "<xml></xml>", "not xml", "<xml><Encrypt><a/></Encrypt></xml>"]
)
def test_sealed_push_without_its_seal_is_refused(
    client: FlaskClient, body: str
) -> None:
    address = pushes.signed(encrypt_type="aes", msg_signature="x")

    assert client.post(address, data=body).status_code == 403


def test_key_from_before_a_change_still_opens_and_answers(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.previous_aes_key, account.aes_key = account.aes_key, "z" * 43
    account.reply_new = GREETING
    session.commit()
    address, body = pushes.sealed(pushes.subscribe())

    answer = client.post(address, data=body)

    assert "欢迎光临" in unseal(answer.text)


def test_token_from_before_a_change_is_taken_until_it_is_forgotten(
    app: Flask, client: FlaskClient, session: Session, account: Account
) -> None:
    account.previous_token, account.token = account.token, "TheNewToken"
    account.reply_new = GREETING
    session.commit()
    address, body = pushes.sealed(pushes.subscribe())

    before = client.post(address, data=body)
    plain = client.get(pushes.signed(echostr="42"))
    app.test_cli_runner().invoke(args=["accounts", "forget-previous", "main"])
    # Every process reads the accounts again once a second: say that it passed.
    app.extensions["intake"].directory._asked_at -= 1
    app.extensions["intake"].directory.read_again()
    after = client.post(address, data=body)

    # Answered with the token that signed it, as the console still expects.
    assert "欢迎光临" in unseal(before.text)
    assert (plain.status_code, after.status_code) == (200, 403)


def unseal(xml: str) -> str:
    """Open a sealed reply with wechatpy."""
    crypto = WeChatCrypto(factories.TOKEN, factories.AES_KEY, factories.APP_ID)
    signature, timestamp, nonce = (
        xml.split(f"<{name}>")[1]
        .split(f"</{name}>", maxsplit=1)[0]
        .removeprefix("<![CDATA[")
        .removesuffix("]]>")
        for name in ("MsgSignature", "TimeStamp", "Nonce")
    )
    opened = crypto.decrypt_message(xml, signature, timestamp, nonce)
    return str(to_text(opened))


# --- bad bodies -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"nonsense", 400),
        (b"<xml><CreateTime>soon</CreateTime></xml>", 400),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>', 400),
        ("<xml/>".encode("utf-16"), 400),
        (b"<a>" * 500 + b"</a>" * 500, 400),
        (b"<xml>" + b"x" * 65_536, 413),
    ],
)
def test_signed_but_unreadable_is_refused_and_not_stored(
    client: FlaskClient, session: Session, body: bytes, status: int
) -> None:
    assert client.post(pushes.signed(), data=body).status_code == status
    assert stored(session) == 0


def test_compressed_body_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        pushes.signed(),
        data=pushes.subscribe("a"),
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.status_code == 415


def test_push_needs_no_csrf_token_and_sets_no_cookie(client: FlaskClient) -> None:
    answer = client.post(pushes.signed(), data=pushes.subscribe("a"))

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


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
