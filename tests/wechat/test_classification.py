from typing import Any

import pytest

from tests.wechat.golden import VECTORS
from tests.wechat.samples import event, push
from wxchannels.wechat import pushes

TICKET = "<Ticket><![CDATA[TICKET]]></Ticket>"

#: What our types are called in wechatpy.
THEIR_NAMES = {
    pushes.Subscribed: "SubscribeEvent",
    pushes.SubscribedByScan: "SubscribeScanEvent",
    pushes.Scanned: "ScanEvent",
    pushes.Unsubscribed: "UnsubscribeEvent",
    pushes.Clicked: "ClickEvent",
    pushes.Viewed: "ViewEvent",
    pushes.TextMessage: "TextMessage",
}
CLASSIFIED = {
    "subscribe_organic": event("subscribe", ""),
    "subscribe_qrscene_int": event("subscribe", "qrscene_123", TICKET),
    "subscribe_qrscene_str_cjk": event("subscribe", "qrscene_渠道-北京", TICKET),
    "subscribe_scene_itself_named_qrscene_": event(
        "subscribe", "qrscene_qrscene_sunck", TICKET
    ),
    "subscribe_after_payment": event(
        "subscribe", "last_trade_no_4008072001201701105817415015"
    ),
    "scan": event("SCAN", "sunck", TICKET),
    "scan_scene_begins_qrscene_": event("SCAN", "qrscene_sunck", TICKET),
    "unsubscribe": event("unsubscribe", ""),
    "click": event("CLICK", "V1001_TODAY_MUSIC"),
    "view": event("VIEW", "https://example.com/"),
    "text_cjk_emoji_cdata": push(
        "text", "<Content><![CDATA[你好 😀]]></Content><MsgId>1</MsgId>"
    ),
}


@pytest.mark.parametrize(
    "expected", VECTORS["wechatpy_classification"], ids=lambda case: case["name"]
)
def test_push_is_read_as_wechatpy_reads_it(expected: dict[str, Any]) -> None:
    parsed = pushes.parse(CLASSIFIED[expected["name"]])

    assert THEIR_NAMES[type(parsed)] == expected["class"]
    assert getattr(parsed, "scene", None) == expected["scene_id"]
