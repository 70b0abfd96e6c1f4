import json

import pytest

from tests.wechat.samples import CREATED, OPENID, event, push
from wxchannels.wechat.pushes import identity, parse

MOVING = {
    "subscribe": event("subscribe", "qrscene_1"),
    "SCAN": event("SCAN", "1"),
    "unsubscribe": event("unsubscribe", ""),
}
OTHER = {
    "text": push("text", "<Content>hello</Content><MsgId>1</MsgId>"),
    "view": event("VIEW", "https://example.com/"),
    "job": event("TEMPLATESENDJOBFINISH", content="<MsgID>1</MsgID><Status>a</Status>"),
    "unknown": event("debug_demo"),
}
ALL = MOVING | OTHER


def known(body: bytes) -> tuple[str, ...]:
    return identity(parse(body))


def test_follow_is_known_by_who_when_and_what() -> None:
    made = known(event("Subscribe", "qrscene_1", "<MsgId>7</MsgId>"))

    assert made == (OPENID, str(CREATED), "event", "subscribe", "qrscene_1", "7")


@pytest.mark.parametrize("body", ALL.values(), ids=ALL)
def test_copy_is_known_again(body: bytes) -> None:
    assert known(body) == known(body)


@pytest.mark.parametrize("body", ALL.values(), ids=ALL)
def test_another_person_is_another_push(body: bytes) -> None:
    other = body.replace(OPENID.encode(), b"oSomebodyElse")

    assert known(body) != known(other)


@pytest.mark.parametrize("body", ALL.values(), ids=ALL)
def test_another_second_is_another_push(body: bytes) -> None:
    later = body.replace(str(CREATED).encode(), str(CREATED + 1).encode())

    assert known(body) != known(later)


@pytest.mark.parametrize("body", MOVING.values(), ids=MOVING)
def test_ticket_and_unknown_fields_do_not_make_another_follow_or_scan(
    body: bytes,
) -> None:
    more = body.replace(b"</xml>", b"<Ticket>T</Ticket><New>1</New></xml>")

    assert known(body) == known(more)


@pytest.mark.parametrize("body", OTHER.values(), ids=OTHER)
def test_any_field_makes_another_push_of_the_rest(body: bytes) -> None:
    more = body.replace(b"</xml>", b"<UserCardCode>1</UserCardCode></xml>")

    assert known(body) != known(more)


def test_two_events_of_one_second_are_two_pushes() -> None:
    bodies = [event("subscribe", ""), event("unsubscribe", ""), event("SCAN", "1")]

    assert len({known(body) for body in [*bodies, event("SCAN", "2")]}) == 4


def test_spelling_order_and_format_make_no_other_scan() -> None:
    fields = {
        "EventKey": 1,
        "Event": "scan",
        "MsgType": "event",
        "CreateTime": CREATED,
        "FromUserName": OPENID,
        "ToUserName": "gh_0123456789ab",
    }

    assert known(json.dumps(fields).encode()) == known(event("SCAN", "1"))


def test_order_makes_no_other_message() -> None:
    one = push("text", "<Content>hello</Content><MsgId>1</MsgId>")
    other = push("text", "<MsgId>1</MsgId><Content>hello</Content>")

    assert known(one) == known(other)
