import json
from typing import Any

import pytest

from wxchannels.wechat.replies import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    ReplyFieldError,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
    from_mapping,
    to_mapping,
)

URL = "https://example.com/"
MAPPINGS: list[tuple[dict[str, Any], Reply]] = [
    ({"kind": "text", "content": "你好\n😀"}, TextReply("你好\n😀")),
    ({"kind": "image", "media_id": "m"}, ImageReply("m")),
    ({"kind": "voice", "media_id": "m"}, VoiceReply("m")),
    (
        {"kind": "video", "media_id": "m", "title": "t", "description": "d"},
        VideoReply("m", "t", "d"),
    ),
    (
        {
            "kind": "music",
            "thumb_media_id": "m",
            "title": "t",
            "description": "d",
            "music_url": URL,
            "hq_music_url": URL,
        },
        MusicReply("m", "t", "d", URL, URL),
    ),
    (
        {
            "kind": "news",
            "articles": [
                {"title": "t", "url": URL, "description": "d", "pic_url": URL},
                {"title": "t", "url": URL, "description": "", "pic_url": ""},
            ],
        },
        NewsReply((Article("t", URL, "d", URL), Article("t", URL))),
    ),
    ({"kind": "transfer_customer_service", "account": "a@b"}, TransferReply("a@b")),
    ({"kind": "transfer_customer_service", "account": None}, TransferReply()),
]
KINDS = [mapping["kind"] for mapping, _ in MAPPINGS]


@pytest.mark.parametrize(("mapping", "reply"), MAPPINGS, ids=KINDS)
def test_mapping_makes_the_reply_and_back(
    mapping: dict[str, Any], reply: Reply
) -> None:
    stored = json.loads(json.dumps(mapping))

    assert from_mapping(stored) == reply
    assert to_mapping(reply) == mapping


@pytest.mark.parametrize(
    ("mapping", "reply"),
    [
        ({"kind": "video", "media_id": "m"}, VideoReply("m")),
        ({"kind": "video", "media_id": "m", "title": None}, VideoReply("m")),
        ({"kind": "music", "thumb_media_id": "m", "music_url": ""}, MusicReply("m")),
        ({"kind": "transfer_customer_service"}, TransferReply()),
        ({"kind": "transfer_customer_service", "account": " "}, TransferReply()),
    ],
)
def test_what_may_be_missing_may_be_empty(
    mapping: dict[str, Any], reply: Reply
) -> None:
    assert from_mapping(mapping) == reply


def test_lines_from_a_form_end_as_wechat_ends_them() -> None:
    reply = from_mapping({"kind": "text", "content": "a\r\nb"})

    assert reply == TextReply("a\nb")


def test_longest_text_is_taken() -> None:
    content = "渠" * 682 + "xx"

    assert from_mapping({"kind": "text", "content": content}) == TextReply(content)


ARTICLE = {"title": "t", "url": URL}


@pytest.mark.parametrize(
    ("mapping", "field", "problem"),
    [
        ({}, "kind", "missing"),
        ({"kind": None}, "kind", "missing"),
        ({"kind": "fax"}, "kind", "unknown"),
        ({"kind": ["text"]}, "kind", "unknown"),
        ({"kind": "text"}, "content", "missing"),
        ({"kind": "text", "content": ""}, "content", "missing"),
        ({"kind": "text", "content": " \n"}, "content", "missing"),
        ({"kind": "text", "content": 5}, "content", "type"),
        ({"kind": "text", "content": ["a"]}, "content", "type"),
        ({"kind": "text", "content": "渠" * 683}, "content", "too_long"),
        ({"kind": "text", "content": "a\0"}, "content", "characters"),
        ({"kind": "text", "content": "a\ud800"}, "content", "characters"),
        ({"kind": "text", "content": "a", "role": "admin"}, "role", "unknown"),
        ({"kind": "image"}, "media_id", "missing"),
        ({"kind": "image", "media_id": "m" * 1025}, "media_id", "too_long"),
        ({"kind": "video", "title": "t"}, "media_id", "missing"),
        (
            {"kind": "music", "thumb_media_id": "m", "music_url": "javascript:x"},
            "music_url",
            "address",
        ),
        ({"kind": "news"}, "articles", "missing"),
        ({"kind": "news", "articles": []}, "articles", "missing"),
        ({"kind": "news", "articles": "abc"}, "articles", "type"),
        ({"kind": "news", "articles": {"title": "t"}}, "articles", "type"),
        ({"kind": "news", "articles": [ARTICLE] * 9}, "articles", "count"),
        ({"kind": "news", "articles": [ARTICLE, "x"]}, "articles.1", "type"),
        ({"kind": "news", "articles": [{"url": URL}]}, "articles.0.title", "missing"),
        ({"kind": "news", "articles": [{"title": "t"}]}, "articles.0.url", "missing"),
        (
            {"kind": "news", "articles": [{**ARTICLE, "url": "//e"}]},
            "articles.0.url",
            "address",
        ),
        (
            {"kind": "news", "articles": [{**ARTICLE, "x": 1}]},
            "articles.0.x",
            "unknown",
        ),
        ({"kind": "news", "articles": [ARTICLE], "x": 1}, "x", "unknown"),
    ],
)
def test_bad_mapping_is_refused_with_its_field(
    mapping: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(ReplyFieldError) as refused:
        from_mapping(mapping)

    assert (refused.value.field, refused.value.problem) == (field, problem)
