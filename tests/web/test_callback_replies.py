"""What the callback answers, of every kind, in plain and in safe mode."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from wechatpy.crypto import WeChatCrypto

from tests import factories, pushes
from wxchannels.models import Account, Mode

pytestmark = pytest.mark.usefixtures("account")
PAGE = "https://e.example/"
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


def test_day_of_the_reply_is_the_push_s_in_the_account_s_zone(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.reply_new = {"kind": "text", "content": "{date}"}
    session.commit()
    late = factories.NOON.replace(hour=16)

    answer = client.post(pushes.signed(), data=pushes.subscribe(at=late))

    assert "2026-03-03" in answer.text
