import json

import pytest
from wechatpy.replies import (
    ArticlesReply,
    ImageReply,
    MusicReply,
    TextReply,
    TransferCustomerServiceReply,
    VideoReply,
    VoiceReply,
)

from tests.sandbox import oracle
from tests.sandbox.platform import ORIGINAL_ID
from tests.sandbox.receiver import Receiver, say
from wxchannels.sandbox.remote import Sandbox
from wxchannels.sandbox.results import Attempt

ANNA = "oABCDwxchannelsOPENID0000001"
ADDRESSES = {"source": ORIGINAL_ID, "target": ANNA}


@pytest.fixture(name="anna", autouse=True)
def anna_with_a_known_openid(sandbox: Sandbox) -> None:
    sandbox.name_person("anna", "小满", openid=ANNA)


def text(content: str = "你好", **changes: str) -> str:
    return str(TextReply(content=content, **{**ADDRESSES, **changes}).render())


def news(count: int) -> str:
    reply = ArticlesReply(**ADDRESSES)
    for number in range(count):
        reply.add_article({"title": f"第 {number} 篇", "description": "", "url": "u"})
    return str(reply.render())


def first_try(sandbox: Sandbox) -> Attempt:
    outcome = sandbox.follow("anna")
    assert outcome.delivery
    return outcome.delivery.tries[0]


@pytest.mark.parametrize("body", ["", "success"])
def test_nothing_to_say_is_fine(
    sandbox: Sandbox, receiver: Receiver, body: str
) -> None:
    receiver.answer(say(body))

    assert first_try(sandbox).verdict == "handled"
    assert [line["kind"] for line in sandbox.person("anna")["chat"]] == ["follow"]


def test_text_reply_is_seen_in_the_chat(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answer(say(text("你好\n<a href='https://example.com'>领取</a>")))

    seen = first_try(sandbox)

    assert seen.verdict == "reply"
    line = sandbox.person("anna")["chat"][-1]
    assert line["kind"] == "reply"
    assert line["content"]["reply"] == {
        "kind": "text",
        "text": "你好\n<a href='https://example.com'>领取</a>",
    }


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (ImageReply(media_id="M", **ADDRESSES), "image"),
        (VoiceReply(media_id="M", **ADDRESSES), "voice"),
        (VideoReply(media_id="M", title="T", **ADDRESSES), "video"),
        (MusicReply(thumb_media_id="M", title="T", **ADDRESSES), "music"),
        (TransferCustomerServiceReply(**ADDRESSES), "transfer_customer_service"),
    ],
)
def test_every_kind_of_reply_is_read(
    sandbox: Sandbox, receiver: Receiver, reply: ImageReply, kind: str
) -> None:
    receiver.answer(say(reply.render()))

    seen = first_try(sandbox)

    assert seen.reply
    assert seen.reply["kind"] == kind


def test_eight_articles_are_shown_after_an_event(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.answer(say(news(8)))

    seen = first_try(sandbox)

    assert seen.reply
    assert [one["Title"] for one in seen.reply["articles"]][-1] == "第 7 篇"
    assert len(seen.reply["articles"]) == 8


def test_one_article_is_shown_after_a_message(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.follow("anna", silent=True)
    receiver.answer(say(news(3)))

    outcome = sandbox.message("anna", "有热的吗")

    assert outcome.delivery
    assert outcome.delivery.reply
    assert len(outcome.delivery.reply["articles"]) == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('"success"', "neither XML nor JSON"),
        ("<html><body>oops</body></html>", "no <xml> with elements in it"),
        ("<xml>oops</xml>", "no <xml> with elements in it"),
        ("<xml><a></xml>", "neither XML nor JSON"),
        ("{]", "neither XML nor JSON"),
        ("<!DOCTYPE x><xml/>", "a DOCTYPE instead of a message"),
        (text(""), "Content is empty"),
        (text(" "), "Content is empty"),
        (
            text(target=ORIGINAL_ID, source=ANNA),
            "ToUserName is not the person's openid",
        ),
        (text(source="gh_x"), "FromUserName is not the account's original id"),
        (text().replace("<CreateTime>", "<CreateTime>x"), "CreateTime is not a number"),
        (text().replace("[text]", "[texts]"), "no such MsgType: texts"),
        (news(1).replace("<ArticleCount>1", "<ArticleCount>2"), "ArticleCount is not"),
        (news(1).replace("[第 0 篇]", "[]"), "Title is empty"),
        (news(0), "Articles"),
        (
            text()
            .replace("[text]", "[news]")
            .replace("</Content>", "</Content><Articles><item>x</item></Articles>"),
            "Articles must hold item elements",
        ),
        (text().replace("[text]", "[image]"), "Image is missing"),
        (ImageReply(media_id="", **ADDRESSES).render(), "MediaId is empty"),
    ],
)
def test_unusable_answer_shows_the_notice_and_is_not_tried_again(
    sandbox: Sandbox, receiver: Receiver, body: str, problem: str
) -> None:
    receiver.answer(say(body))

    seen = first_try(sandbox)

    assert seen.verdict == "fault"
    assert problem in seen.problem
    assert len(receiver.requests) == 1
    assert sandbox.person("anna")["chat"][-1]["kind"] == "fault"


def test_who_left_sees_no_notice(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.follow("anna", silent=True)
    receiver.answer(say("oops"))

    sandbox.unfollow("anna")

    assert sandbox.person("anna")["chat"][-1]["kind"] == "unfollow"


def test_safe_mode_demands_an_encrypted_reply(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.open_account(mode="safe")
    receiver.answer(say(text()))

    assert first_try(sandbox).problem == "not encrypted, in safe mode"


@pytest.mark.parametrize("mode", ["compatible", "safe"])
def test_reply_sealed_by_wechatpy_is_opened(
    sandbox: Sandbox, receiver: Receiver, mode: str
) -> None:
    sandbox.open_account(mode=mode)
    receiver.answer(oracle.sealed(text("密文")))

    assert first_try(sandbox).reply == {"kind": "text", "text": "密文"}


def test_compatible_mode_takes_a_bare_reply(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.open_account(mode="compatible")
    receiver.answer(say(text()))

    assert first_try(sandbox).verdict == "reply"


def test_plain_mode_takes_no_encrypted_reply(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.answer(oracle.sealed(text()))

    assert first_try(sandbox).problem == "encrypted, in plain mode"


def test_badly_signed_or_sealed_reply_shows_the_notice(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.open_account(mode="safe")
    sealed = oracle.crypto().encrypt_message(text(), "nonce")
    receiver.answer(say(sealed.replace("<Nonce><![CDATA[", "<Nonce><![CDATA[x")))
    unsigned = first_try(sandbox)
    sandbox.unfollow("anna", silent=True)
    sandbox.open_account(aes_key="b" * 43)
    receiver.answer(say(sealed))

    wrong_key = first_try(sandbox)

    assert unsigned.problem == "the MsgSignature is wrong"
    assert wrong_key.verdict == "fault"


def test_reply_in_json_is_read(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.open_account(format="json")
    reply = {
        "ToUserName": ANNA,
        "FromUserName": ORIGINAL_ID,
        "CreateTime": 1,
        "MsgType": "text",
        "Content": "hi",
    }
    receiver.answer(say(json.dumps(reply)))

    assert first_try(sandbox).reply == {"kind": "text", "text": "hi"}
