from typing import Any

import pytest

from tests.sandbox.platform import Platform
from wxchannels.sandbox.remote import Sandbox

SEND = "message/custom/send"


def hello(sandbox: Sandbox, **changes: object) -> dict[str, Any]:
    anna = sandbox.person("anna")["openid"]
    return {
        "touser": anna,
        "msgtype": "text",
        "text": {"content": "Hello"},
        **changes,
    }


def test_three_messages_in_a_minute_after_a_follow(
    platform: Platform, sandbox: Sandbox
) -> None:
    sandbox.follow("anna", silent=True)

    sent = [platform.ask(SEND, hello(sandbox))["errcode"] for _ in range(4)]

    assert sent == [0, 0, 0, 45047]
    sandbox.clock(advance=60)
    assert platform.refused(SEND, hello(sandbox)) == 45015


def test_five_messages_in_two_days_after_a_message(
    platform: Platform, sandbox: Sandbox
) -> None:
    sandbox.follow("anna", silent=True)
    sandbox.clock(advance=60)
    sandbox.message("anna", "有热的吗", silent=True)

    sent = [platform.ask(SEND, hello(sandbox))["errcode"] for _ in range(6)]

    assert sent == [0, 0, 0, 0, 0, 45047]
    sandbox.clock(advance=48 * 3600)
    assert platform.refused(SEND, hello(sandbox)) == 45015


def test_only_followers_get_messages(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.follow("anna", silent=True)
    sandbox.unfollow("anna", silent=True)

    assert platform.refused(SEND, hello(sandbox)) == 43004
    assert platform.refused(SEND, hello(sandbox, touser="o_nobody")) == 40003


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"msgtype": "smoke"}, 40008),
        ({"msgtype": "image"}, 44004),
        ({"text": {"content": "汉" * 683}}, 45002),
        ({"msgtype": "news", "news": {"articles": []}}, 45008),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
    ],
)
def test_bad_message_is_refused(
    platform: Platform, sandbox: Sandbox, changes: dict[str, object], errcode: int
) -> None:
    sandbox.follow("anna", silent=True)

    assert platform.refused(SEND, hello(sandbox, **changes)) == errcode


def test_messages_are_seen_in_the_chat(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.follow("anna", silent=True)
    article = {"title": "菜单", "description": "桂花", "url": "https://x.cn/"}

    platform.ask(SEND, hello(sandbox))
    platform.ask(SEND, hello(sandbox, msgtype="news", news={"articles": [article]}))
    platform.ask(SEND, hello(sandbox, msgtype="image", image={"media_id": "M"}))

    chat = [line["content"]["reply"] for line in sandbox.person("anna")["chat"][1:]]
    assert [one["kind"] for one in chat] == ["text", "news", "image"]
    assert chat[1]["articles"][0]["Title"] == "菜单"
