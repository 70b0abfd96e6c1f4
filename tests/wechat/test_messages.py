import pytest
from wechatpy import parse_message

from tests.wechat.samples import push
from wxchannels.wechat import pushes
from wxchannels.wechat.pushes import parse

ID = "<MsgId>1234567890123456</MsgId>"


def test_text_is_kept_as_it_was_written() -> None:
    content = " this is a ]] test <a> 你好 😀 \n"

    parsed = parse(push("text", f"<Content><![CDATA[{content}]]></Content>{ID}"))

    assert isinstance(parsed, pushes.TextMessage)
    assert parsed.content == content
    assert parsed.message_id == "1234567890123456"


def test_text_from_an_article_page_carries_where_it_was_written() -> None:
    more = "<MsgDataId>xxxx</MsgDataId><Idx>2</Idx>"

    parsed = parse(push("text", f"<Content>hello</Content>{ID}{more}"))

    assert parsed.fields["MsgDataId"] == "xxxx"
    assert parsed.fields["Idx"] == "2"


def test_picture_is_read() -> None:
    content = "<PicUrl><![CDATA[http://e/p]]></PicUrl><MediaId>m</MediaId>"

    parsed = parse(push("image", content + ID))

    assert isinstance(parsed, pushes.ImageMessage)
    assert (parsed.url, parsed.media_id) == ("http://e/p", "m")


@pytest.mark.parametrize(
    ("recognised", "words"),
    [("", ""), ("<Recognition><![CDATA[你好]]></Recognition>", "你好")],
)
def test_recording_is_read_with_its_words_if_there_are_any(
    recognised: str, words: str
) -> None:
    content = f"<MediaId>m</MediaId><Format>amr</Format>{recognised}"

    parsed = parse(push("voice", content + ID))

    assert isinstance(parsed, pushes.VoiceMessage)
    assert (parsed.media_id, parsed.recognition) == ("m", words)


@pytest.mark.parametrize("kind", ["video", "shortvideo"])
def test_video_is_read(kind: str) -> None:
    content = "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"

    parsed = parse(push(kind, content + ID))

    assert isinstance(parsed, pushes.VideoMessage)
    assert (parsed.media_id, parsed.thumb_media_id) == ("m", "t")
    assert parsed.msg_type == kind


def test_place_is_in_degrees_with_x_as_latitude() -> None:
    content = (
        "<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y>"
        "<Scale>20</Scale><Label><![CDATA[位置信息]]></Label>"
    )

    parsed = parse(push("location", content + ID))

    assert isinstance(parsed, pushes.LocationMessage)
    assert (parsed.latitude, parsed.longitude) == (23.134521, 113.358803)
    assert parsed.label == "位置信息"


def test_forwarded_article_is_read() -> None:
    content = (
        "<Title><![CDATA[公众平台]]></Title><Description>d</Description>"
        "<Url><![CDATA[http://e/a?b&c]]></Url>"
    )

    parsed = parse(push("link", content + ID))

    assert isinstance(parsed, pushes.LinkMessage)
    assert (parsed.title, parsed.url) == ("公众平台", "http://e/a?b&c")


def test_message_of_a_kind_to_come_is_kept() -> None:
    parsed = parse(push("hologram", f"<Depth>3</Depth>{ID}"))

    assert isinstance(parsed, pushes.UnknownMessage)
    assert parsed.msg_type == "hologram"
    assert parsed.message_id == "1234567890123456"
    assert parsed.fields["Depth"] == "3"


def test_message_without_an_id_is_read() -> None:
    parsed = parse(push("text", "<Content>hello</Content>"))

    assert isinstance(parsed, pushes.TextMessage)
    assert parsed.message_id == ""


@pytest.mark.parametrize(
    "kind", ["text", "image", "voice", "video", "shortvideo", "location", "link"]
)
def test_header_is_what_wechatpy_reads(kind: str) -> None:
    body = push(kind, f"<Location_X>1</Location_X><Location_Y>2</Location_Y>{ID}")

    ours, theirs = parse(body), parse_message(body)

    assert isinstance(ours, pushes.Message)
    assert ours.openid == theirs.source
    assert ours.to_user == theirs.target
    assert int(ours.message_id) == theirs.id
    assert ours.created_at.timestamp() == 1348831860 == int(theirs._data["CreateTime"])
