"""What the callback answers, of every kind, in plain and in safe mode."""

import re
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from wechatpy.crypto import WeChatCrypto

from tests import factories, pushes
from wxchannels.channels.replies import AUDIENCES
from wxchannels.channels.speaking import speak
from wxchannels.channels.trial import Event, try_out
from wxchannels.ledger.answers import Answer
from wxchannels.models import (
    Account,
    Channel,
    ChannelState,
    Match,
    Mode,
    Trigger,
)
from wxchannels.wechat.pushes import parse
from wxchannels.wechat.replies import TextReply, render

pytestmark = pytest.mark.usefixtures("account")
PAGE = "https://e.example/"
CREATED = re.compile(r"<CreateTime>\d+</CreateTime>")
#: What is stored, and what WeChat reads of it, as on the page about passive replies.
KINDS: list[tuple[dict[str, Any], str]] = [
    (
        {"kind": "text", "content": "a]]>b\n{account}"},
        (
            "<MsgType><![CDATA[text]]></MsgType>"
            "<Content><![CDATA[a]]]]><![CDATA[>b\n半亩茶]]></Content>"
        ),
    ),
    (
        {"kind": "image", "media_id": "m"},
        (
            "<MsgType><![CDATA[image]]></MsgType>"
            "<Image><MediaId><![CDATA[m]]></MediaId></Image>"
        ),
    ),
    (
        {"kind": "voice", "media_id": "m"},
        (
            "<MsgType><![CDATA[voice]]></MsgType>"
            "<Voice><MediaId><![CDATA[m]]></MediaId></Voice>"
        ),
    ),
    (
        {"kind": "video", "media_id": "m", "title": "{date}", "description": "d"},
        (
            "<MsgType><![CDATA[video]]></MsgType>"
            "<Video><MediaId><![CDATA[m]]></MediaId><Title><![CDATA[2026-03-02]]></Title>"
            "<Description><![CDATA[d]]></Description></Video>"
        ),
    ),
    (
        {
            "kind": "music",
            "thumb_media_id": "m",
            "title": "t",
            "description": "d",
            "music_url": PAGE,
            "hq_music_url": "",
        },
        (
            "<MsgType><![CDATA[music]]></MsgType>"
            "<Music><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description>"
            f"<MusicUrl><![CDATA[{PAGE}]]></MusicUrl><HQMusicUrl><![CDATA[]]></HQMusicUrl>"
            "<ThumbMediaId><![CDATA[m]]></ThumbMediaId></Music>"
        ),
    ),
    (
        {
            "kind": "news",
            "articles": [
                {"title": "t", "url": PAGE + "?o={openid_tail}", "description": "d"}
            ],
        },
        (
            "<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount>"
            "<Articles><item><Title><![CDATA[t]]></Title>"
            "<Description><![CDATA[d]]></Description><PicUrl><![CDATA[]]></PicUrl>"
            f"<Url><![CDATA[{PAGE}?o=anna]]></Url></item></Articles>"
        ),
    ),
    (
        {"kind": "transfer_customer_service", "account": "test1@test"},
        (
            "<MsgType><![CDATA[transfer_customer_service]]></MsgType>"
            "<TransInfo><KfAccount><![CDATA[test1@test]]></KfAccount></TransInfo>"
        ),
    ),
]


def rendered(xml: str) -> str:
    """Return what `xml` says behind its header."""
    header = re.compile(
        r"<xml><ToUserName><!\[CDATA\[.*anna\]\]></ToUserName><FromUserName>"
        rf"<!\[CDATA\[{factories.ORIGINAL_ID}\]\]></FromUserName>"
        r"<CreateTime>\d+</CreateTime>(.*)</xml>",
        re.DOTALL,
    )
    match = header.fullmatch(xml)
    assert match, xml
    return match[1]


def unseal(xml: str) -> str:
    """Open a sealed reply with wechatpy's key, byte for byte."""
    crypto = WeChatCrypto(factories.TOKEN, factories.AES_KEY, factories.APP_ID)
    encrypted = xml.split("<Encrypt><![CDATA[")[1].split("]]>", maxsplit=1)[0]
    signature = xml.split("<MsgSignature><![CDATA[")[1].split("]]>", maxsplit=1)[0]
    timestamp = xml.split("<TimeStamp><![CDATA[")[1].split("]]>", maxsplit=1)[0]
    sealed = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    opened = crypto.decrypt_message(sealed, signature, timestamp, pushes.NONCE)
    return opened.decode() if isinstance(opened, bytes) else str(opened)


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.SAFE])
def test_every_kind_is_rendered_as_on_wechats_page(
    client: FlaskClient, session: Session, account: Account, mode: Mode
) -> None:
    account.mode = mode
    for number, (stored, body) in enumerate(KINDS):
        account.reply_new = stored
        session.commit()
        push = pushes.subscribe(openid=f"{number}-anna")

        if mode is Mode.SAFE:
            address, sealed = pushes.sealed(push)
            xml = unseal(client.post(address, data=sealed).text)
        else:
            xml = client.post(pushes.signed(), data=push).text

        assert rendered(xml) == body


def test_channel_is_named_where_its_code_speaks(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new = {"kind": "text", "content": "Hi, {channel}!"}
    code = factories.qrcode(session, of=factories.channel(session, "静安寺店"))

    by_code = client.post(pushes.signed(), data=pushes.subscribe(code.scene))
    by_search = client.post(pushes.signed(), data=pushes.subscribe(openid="bo"))

    assert "Hi, 静安寺店!" in by_code.text
    assert "Hi, !" in by_search.text


def test_reply_stored_unchecked_is_sent_as_it_is_written(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new = {"kind": "text", "content": "{channel}"}
    session.commit()

    answer = client.post(pushes.signed(), data=pushes.subscribe())

    assert "<Content><![CDATA[{channel}]]></Content>" in answer.text


def test_words_of_ours_have_no_variables() -> None:
    """A member may be called like a variable, and is named as they are called."""
    ours = Answer(reply={"kind": "text", "content": "{date} is bound to {{you}}"})
    push = parse(pushes.subscribe())

    reply = speak(ours, push, account="", time_zone="Asia/Shanghai")

    assert reply == TextReply("{date} is bound to {{you}}")


def test_day_of_the_reply_is_the_push_s_in_the_account_s_zone(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new = {"kind": "text", "content": "{date}"}
    session.commit()
    late = factories.NOON.replace(hour=16)

    answer = client.post(pushes.signed(), data=pushes.subscribe(at=late))

    assert "2026-03-03" in answer.text


# --- rules ----------------------------------------------------------------------


def say(client: FlaskClient, push: bytes) -> str:
    answer = client.post(pushes.signed(), data=push)
    assert answer.status_code == 200
    return str(answer.text)


def test_messages_and_buttons_are_answered_by_rules(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_fallback = {"kind": "transfer_customer_service", "account": None}
    factories.rule(session, "退款", says="{account}: {date}")
    factories.rule(session, "hours", says="9–21", answers=Trigger.MENU)

    message = say(client, pushes.text("我要退款"))
    button = say(client, pushes.event("CLICK", "hours"))
    other = say(client, pushes.text("hello", message_id=2))

    assert "<Content><![CDATA[半亩茶: 2026-03-02]]></Content>" in message
    assert "<Content><![CDATA[9–21]]></Content>" in button
    assert rendered(other) == "<MsgType><![CDATA[transfer_customer_service]]></MsgType>"
    assert say(client, pushes.event("CLICK", "Hours")) == "success"


@pytest.mark.parametrize(
    "name", ["VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "MASSSENDJOBFINISH"]
)
def test_what_nobody_can_see_an_answer_to_gets_success(
    client: FlaskClient, session: Session, account: Account, name: str
) -> None:
    account.reply_fallback = {"kind": "text", "content": "else"}
    factories.rule(session, "key", answers=Trigger.MENU)

    assert say(client, pushes.event(name, "key")) == "success"


def test_catastrophe_of_a_pattern_holds_nothing_up(
    client: FlaskClient, session: Session
) -> None:
    factories.rule(session, "(a+)+$", "(a|a?)+b", matching=Match.PATTERN)
    say(client, pushes.text("warm", message_id=1))
    push = pushes.text("a" * 2000 + "!", message_id=2)

    begun = time.perf_counter()
    answer = say(client, push)

    assert answer == "success"
    assert time.perf_counter() - begun < 1


# --- dry runs -------------------------------------------------------------------


def push_of(event: Event, scene: str, text: str) -> bytes:
    """Return what WeChat pushes when `event` happens, written by hand."""
    at, openid = factories.NOON, "o1a2b"
    match event:
        case Event.FOLLOW | Event.RETURN:
            return pushes.subscribe(scene or None, openid=openid, at=at)
        case Event.SCAN:
            return pushes.scan(scene, openid=openid, at=at)
        case Event.MESSAGE:
            return pushes.text(text, openid=openid)
    return pushes.event("CLICK", text, openid=openid, at=at)


def make_person(client: FlaskClient, event: Event) -> None:
    """Let the person have followed before, where the event says so."""
    past = factories.NOON.replace(hour=1)
    if event is not Event.FOLLOW:
        say(client, pushes.subscribe(openid="o1a2b", at=past))
    if event is Event.RETURN:
        left = past.replace(minute=1)
        say(client, pushes.unsubscribe(openid="o1a2b", at=left))


CHANNELS = ["own", "plain", "disabled", "expired", "without code", ""]
CASES = [
    *((event, name, "") for event in list(Event)[:3] for name in CHANNELS),
    *((Event.MESSAGE, "", text) for text in ("退款", "订单 1234", "else", "a" * 600)),
    *((Event.MENU, "", key) for key in ("hours", "Hours", "")),
]


@pytest.mark.parametrize(("event", "name", "text"), CASES)
def test_dry_run_says_what_the_callback_says(
    client: FlaskClient,
    session: Session,
    account: Account,
    event: Event,
    name: str,
    text: str,
) -> None:
    words = "{account} {channel} {date} {openid_tail}"
    for audience in AUDIENCES:
        setattr(account, audience, {"kind": "text", "content": f"{audience} {words}"})
    account.reply_fallback = {"kind": "text", "content": "else {openid_tail}"}
    channel = make_channel(session, name) if name else None
    factories.rule(session, "退款", says="{account}", position=1)
    factories.rule(session, r"订单 ?\d+", matching=Match.PATTERN, says="{date}")
    factories.rule(session, "hours", answers=Trigger.MENU)
    make_person(client, event)
    now = factories.NOON

    tried = try_out(
        session, account, event, channel=channel, text=text, openid="o1a2b", at=now
    )
    session.rollback()
    scene = name.replace(" ", "-") if name not in {"", "without code"} else ""
    real = say(client, push_of(event, scene, text))

    if tried.reply is None:
        assert real == "success"
    else:
        body = render(tried.reply, to="o1a2b", sender=factories.ORIGINAL_ID, at=now)
        assert CREATED.sub("", real) == CREATED.sub("", body)


def make_channel(session: Session, name: str) -> Channel:
    """Return a channel that is as its name says."""
    own = {
        "kind": "news",
        "articles": [{"title": "{channel}", "url": f"{PAGE}?c={{channel}}"}],
    }
    state = ChannelState.DISABLED if name == "disabled" else ChannelState.ACTIVE
    channel = factories.channel(session, name, state=state)
    for audience in () if name == "plain" else AUDIENCES:
        setattr(channel, audience, own)
    session.commit()
    if name == "expired":
        past = factories.NOON.replace(hour=3)
        lifetime = {"lifetime": "temporary", "expire_seconds": 60}
        factories.qrcode(session, "expired", channel, expires_at=past, **lifetime)
    elif name != "without code":
        factories.qrcode(session, name, channel)
    return channel
