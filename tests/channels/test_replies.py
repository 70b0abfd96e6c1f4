"""Replies as they are written and previewed."""

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.channels import replies
from wxchannels.channels.replies import (
    BadReplyError,
    Preview,
    ReplyAddressError,
    ReplyAppIdError,
    ReplyCharactersError,
    ReplyCountError,
    ReplyMiniProgramError,
    ReplyMissingError,
    ReplyTooLongError,
    ReplyTooLongFilledError,
    UnknownVariableError,
)
from wxchannels.channels.variables import WITHOUT_CHANNEL

TEXT = {"kind": "text", "content": "你好"}
MINI = (
    '<a href="https://tea.example" data-miniprogram-appid="wx0123456789abcdef" '
    'data-miniprogram-path="pages/index?from={channel}">点单</a>'
)
CARD = {"title": "Menu", "url": "https://example.com", "description": "", "pic_url": ""}


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (None, None),
        ("", None),
        (" \n", None),
        ("你好", TEXT),
        (TEXT, TEXT),
        (MINI, {"kind": "text", "content": MINI}),
        (
            {"kind": "news", "articles": [{k: CARD[k] for k in ("title", "url")}]},
            {"kind": "news", "articles": [CARD]},
        ),
    ],
)
def test_reply_is_stored_with_its_kind(given: object, stored: object) -> None:
    assert replies.check_reply("reply_new", given) == stored


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("上" * 683, ReplyTooLongError),
        ("a\x01", ReplyCharactersError),
        ({"kind": "text"}, ReplyMissingError),
        ({"content": "x"}, BadReplyError),
        ({"kind": "news", "articles": []}, ReplyMissingError),
        ({"kind": "news", "articles": [CARD, CARD]}, ReplyCountError),
        ({"kind": "news", "articles": [{**CARD, "url": "http://"}]}, ReplyAddressError),
        ("{channel}", ReplyMissingError),
        ("{Channel}", UnknownVariableError),
        ("{渠道}", UnknownVariableError),
        ("{account}" + "a" * 1793, ReplyTooLongFilledError),
        (
            {"kind": "news", "articles": [{**CARD, "title": "{shop}"}]},
            UnknownVariableError,
        ),
        (
            {"kind": "news", "articles": [{**CARD, "url": "javascript:alert(1)"}]},
            ReplyAddressError,
        ),
        (MINI.replace("wx", "gh"), ReplyAppIdError),
        (MINI.replace("0123", "{date}"), ReplyAppIdError),
        (MINI.replace("</a>", ""), ReplyMiniProgramError),
        (MINI.replace("href", "onclick"), ReplyMiniProgramError),
        (["text"], BadReplyError),
        (7, BadReplyError),
    ],
)
def test_reply_that_wechat_cannot_show_is_refused(
    given: object, error: type[BadReplyError]
) -> None:
    with pytest.raises(error) as caught:
        replies.check_reply("reply_returning", given)

    assert caught.value.field == "reply_returning"


def test_longest_text_is_taken() -> None:
    assert replies.check_reply("reply_new", "上" * 682)
    assert replies.check_reply("reply_new", "{account}" + "a" * 1792)


def test_variable_that_is_not_known_at_its_place_is_refused() -> None:
    with pytest.raises(UnknownVariableError, match=r"\{account\} \{date\}"):
        replies.check_reply("reply", "{channel}", known=WITHOUT_CHANNEL)


def test_words_of_a_text_reply_can_be_edited() -> None:
    assert replies.text_of(TEXT) == "你好"
    assert replies.text_of({"kind": "image", "media_id": "m"}) == ""
    assert replies.text_of(None) == ""


def test_preview_shows_the_default_where_the_channel_says_nothing(
    session: Session,
) -> None:
    default = {"kind": "text", "content": "default"}
    account = factories.account(session, reply_new=default, reply_following=default)
    channel = factories.channel(session, reply_new=TEXT)

    assert replies.previews(account, channel, date="2026-03-02") == [
        Preview("reply_new", TEXT, is_own=True),
        Preview("reply_returning", None, is_own=False),
        Preview("reply_following", default, is_own=False),
    ]
    assert replies.previews(account, None, date="2026-03-02")[0] == Preview(
        "reply_new", default, False
    )
