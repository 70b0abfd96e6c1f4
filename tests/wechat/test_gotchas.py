"""What real pushes do to readers who expect too much (wechat.md 4.3)."""

import pytest

from tests.wechat.samples import CREATED, HEADER, OPENID, event, push
from wxchannels.wechat.errors import MalformedPushError
from wxchannels.wechat.pushes import (
    Event,
    Scanned,
    Subscribed,
    SubscribedByScan,
    Unsubscribed,
    parse,
)

SCENES = [
    "123",
    "0",
    "4294967295",
    "sunck",
    "qrscene_sunck",
    "qrscene_",
    "a_b_c",
    "snecrq_",
    "x_qrscene_y",
    "last_trade_no_1",
    "渠道-北京",
    "oABCD&1&word",
    "clYifQ==/+",
    "x" * 120,
    " blank ",
]
NO_MOMENTS = [
    *("", "soon", "-1", "+1", "1.5", "1e9", "0x10", "１２３", "²", "NaN"),
    # The first second of the year 10000, and numbers no machine holds.
    *("253402300800", "9" * 30, "9" * 5000),
]


@pytest.mark.parametrize("scene", SCENES)
def test_scene_of_a_follow_loses_its_prefix_once(scene: str) -> None:
    parsed = parse(event("subscribe", f"qrscene_{scene}"))

    assert isinstance(parsed, SubscribedByScan)
    assert parsed.scene == scene


@pytest.mark.parametrize("scene", SCENES)
def test_scene_of_a_scan_is_the_whole_key(scene: str) -> None:
    parsed = parse(event("SCAN", scene))

    assert isinstance(parsed, Scanned)
    assert parsed.scene == scene


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        "qrscene_",
        "QRSCENE_x",
        "scene",
        "last_trade_no_4008072001201701105817415015",
        "scanbarcode|3|6901234567892|x",
        "scanimage|1|2",
    ],
)
def test_follow_without_a_scene_is_no_scan(key: str | None) -> None:
    parsed = parse(event("subscribe", key))

    assert type(parsed) is Subscribed
    assert parsed.event_key == (key or "")


def test_prefix_of_another_event_is_not_a_scene() -> None:
    parsed = parse(event("unsubscribe", "qrscene_x"))

    assert isinstance(parsed, Unsubscribed)
    assert parsed.event_key == "qrscene_x"


@pytest.mark.parametrize("key", [None, ""])
def test_scan_that_lost_its_scene_has_an_empty_one(key: str | None) -> None:
    parsed = parse(event("SCAN", key))

    assert isinstance(parsed, Scanned)
    assert parsed.scene == ""


@pytest.mark.parametrize(("name", "key"), [("subscribe", "qrscene_1"), ("SCAN", "1")])
@pytest.mark.parametrize(
    ("content", "ticket"),
    [("", None), ("<Ticket/>", None), ("<Ticket><![CDATA[T==]]></Ticket>", "T==")],
)
def test_ticket_may_be_missing(
    name: str, key: str, content: str, ticket: str | None
) -> None:
    parsed = parse(event(name, key, content))

    assert isinstance(parsed, SubscribedByScan | Scanned)
    assert parsed.ticket == ticket


def test_scene_that_is_a_number_in_json_is_the_same_scene() -> None:
    body = (
        b'{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1714112445,'
        b'"MsgType":"event","Event":"SCAN","EventKey":0}'
    )

    parsed = parse(body)

    assert isinstance(parsed, Scanned)
    assert parsed.scene == "0"


def test_line_breaks_around_values_are_layout() -> None:
    body = f"""
    <xml>
      <FromUserName>
        <![CDATA[{OPENID}]]>
      </FromUserName>
      <ToUserName> gh_1 </ToUserName>
      <Event>
        <![CDATA[SCAN]]>
      </Event>
      <CreateTime> {CREATED} </CreateTime>
      <EventKey>
        <![CDATA[counter]]>
      </EventKey>
      <MsgType>
        event
      </MsgType>
    </xml>"""

    parsed = parse(body.encode())

    assert isinstance(parsed, Scanned)
    assert (parsed.openid, parsed.to_user) == (OPENID, "gh_1")
    assert parsed.scene == "counter"


def test_year_2038_is_no_end() -> None:
    header = HEADER.replace(str(CREATED), str(2**33))

    parsed = parse(f"<xml>{header}<MsgType>event</MsgType></xml>".encode())

    assert isinstance(parsed, Event)
    assert parsed.created_at.timestamp() == 2**33


@pytest.mark.parametrize(
    "seconds",
    NO_MOMENTS,
    ids=lambda seconds: seconds[:12],
)
def test_moment_that_is_none_is_refused(seconds: str) -> None:
    header = HEADER.replace(str(CREATED), seconds)

    with pytest.raises(MalformedPushError, match="CreateTime"):
        parse(f"<xml>{header}<MsgType>event</MsgType></xml>".encode())


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName", "CreateTime"])
def test_header_must_be_there(name: str) -> None:
    with pytest.raises(MalformedPushError, match=name):
        parse(push("event").replace(name.encode(), b"Other"))


@pytest.mark.parametrize("kind", ["", " "])
def test_kind_of_push_must_be_there(kind: str) -> None:
    with pytest.raises(MalformedPushError, match="MsgType"):
        parse(push(kind))
