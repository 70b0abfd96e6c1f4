from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import deserialize_reply

from tests.wechat.golden import APP_ID, KEY, TOKEN
from wxchannels.wechat.replies import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
    render,
    seal_reply,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOSTILE = [
    "]]>",
    "a]]>b]]]>c]]",
    "]]]]><![CDATA[>",
    "]]></Content><Content>evil",
    "<a href='x'>&amp;</a>",
    "<!-- -->",
    "&lt;",
    "渠道 😀",
]


def rendered(reply: Reply) -> ET.Element:
    return ET.fromstring(render(reply, to="oAnna", sender="gh_1", at=NOON))  # noqa: S314 - our own XML


def shape(element: ET.Element) -> object:
    """Return names and texts, nested as they are."""
    if len(element):
        return [(child.tag, shape(child)) for child in element]
    return element.text or ""


REPLIES: dict[str, tuple[Reply, object]] = {
    "text": (TextReply("你好"), [("Content", "你好")]),
    "image": (ImageReply("m"), [("Image", [("MediaId", "m")])]),
    "voice": (VoiceReply("m"), [("Voice", [("MediaId", "m")])]),
    "video": (
        VideoReply("m", "t", "d"),
        [("Video", [("MediaId", "m"), ("Title", "t"), ("Description", "d")])],
    ),
    "music": (
        MusicReply("m", "t", "d", "u", "h"),
        [
            (
                "Music",
                [
                    ("Title", "t"),
                    ("Description", "d"),
                    ("MusicUrl", "u"),
                    ("HQMusicUrl", "h"),
                    ("ThumbMediaId", "m"),
                ],
            )
        ],
    ),
    "news": (
        NewsReply((Article("t", "u", "d", "p"), Article("t2", "u2"))),
        [
            ("ArticleCount", "2"),
            (
                "Articles",
                [
                    (
                        "item",
                        [
                            ("Title", "t"),
                            ("Description", "d"),
                            ("PicUrl", "p"),
                            ("Url", "u"),
                        ],
                    ),
                    (
                        "item",
                        [
                            ("Title", "t2"),
                            ("Description", ""),
                            ("PicUrl", ""),
                            ("Url", "u2"),
                        ],
                    ),
                ],
            ),
        ],
    ),
    "transfer_customer_service": (
        TransferReply("test1@test"),
        [("TransInfo", [("KfAccount", "test1@test")])],
    ),
}


@pytest.mark.parametrize(("kind", "case"), REPLIES.items())
def test_reply_has_the_shape_of_wechats_page(
    kind: str, case: tuple[Reply, object]
) -> None:
    reply, body = case

    header = [
        ("ToUserName", "oAnna"),
        ("FromUserName", "gh_1"),
        ("CreateTime", "1772452800"),
        ("MsgType", kind),
    ]
    assert shape(rendered(reply)) == [*header, *body]  # type: ignore[misc]


@pytest.mark.parametrize(("kind", "case"), REPLIES.items())
def test_wechatpy_reads_every_kind(kind: str, case: tuple[Reply, object]) -> None:
    xml = render(case[0], to="oAnna", sender="gh_1", at=NOON)

    theirs = deserialize_reply(xml)

    assert theirs.type == kind
    assert (theirs.target, theirs.source) == ("oAnna", "gh_1")


def test_transfer_to_whoever_is_free_names_nobody() -> None:
    assert rendered(TransferReply()).find("TransInfo") is None


@pytest.mark.parametrize("content", HOSTILE)
def test_text_does_not_break_out(content: str) -> None:
    xml = rendered(TextReply(content))

    assert [element.text for element in xml.iter("Content")] == [content]
    assert len(xml) == 5


@pytest.mark.parametrize("value", HOSTILE)
def test_no_other_field_breaks_out(value: str) -> None:
    news = rendered(NewsReply((Article(value, value, value, value),)))
    named = ET.fromstring(render(TextReply("x"), to=value, sender=value, at=NOON))  # noqa: S314 - our own XML

    [item] = news.iter("item")
    assert [child.text for child in item] == [value] * 4
    assert named.findtext("ToUserName") == named.findtext("FromUserName") == value


def test_characters_that_xml_lacks_are_left_out() -> None:
    xml = rendered(TextReply("a\0b\x08c\x0bd\x1fe\ufffef\ud800g\x7f\n\th"))

    assert xml.findtext("Content") == "abcdefg\x7f\n\th"


def test_lines_end_as_wechat_ends_them() -> None:
    assert rendered(TextReply("a\r\nb\rc")).findtext("Content") == "a\nb\nc"


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("x" * 2048, "x" * 2048),
        ("x" * 2049, "x" * 2048),
        ("渠" * 700, "渠" * 682),
        ("x" + "😀" * 600, "x" + "😀" * 511),
    ],
)
def test_text_ends_at_2048_bytes_between_characters(content: str, shown: str) -> None:
    assert rendered(TextReply(content)).findtext("Content") == shown


@pytest.mark.parametrize("content", ["", " ", "\n\t", "\0", "\x08 ", " " * 2048 + "x"])
def test_empty_text_cannot_be_said(content: str) -> None:
    with pytest.raises(ValueError, match="says something"):
        TextReply(content)


@pytest.mark.parametrize("count", [0, 9])
def test_news_has_one_to_eight_articles(count: int) -> None:
    with pytest.raises(ValueError, match="one to eight"):
        NewsReply((Article("t", "https://example.com/"),) * count)


@given(st.text().filter(lambda content: content.strip("\0\n\r\t ") != ""))
def test_any_text_makes_well_formed_xml_with_one_content(content: str) -> None:
    try:
        reply = TextReply(content)
    except ValueError:
        return

    xml = rendered(reply)

    assert [child.tag for child in xml].count("Content") == 1
    assert len(xml.findtext("Content", "").encode()) <= 2048


@pytest.mark.parametrize("nonce", ["415670741", "]]>", "<x/>", "渠\x08"])
def test_wechatpy_opens_a_sealed_reply(nonce: str) -> None:
    xml = render(TextReply("你好 😀"), to="oAnna", sender="gh_1", at=NOON)

    sealed = seal_reply(
        xml,
        token=TOKEN,
        aes_key=KEY,
        app_id=APP_ID,
        timestamp="1772452800",
        nonce=nonce,
    )

    envelope = {child.tag: child.text for child in ET.fromstring(sealed)}  # noqa: S314 - our own XML
    assert set(envelope) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    opened = WeChatCrypto(TOKEN, KEY, APP_ID).decrypt_message(
        sealed, envelope["MsgSignature"], envelope["TimeStamp"], envelope["Nonce"]
    )
    assert opened == xml
