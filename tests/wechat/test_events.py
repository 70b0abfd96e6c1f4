from datetime import UTC, datetime

import pytest

from tests.wechat.golden import VECTORS
from tests.wechat.samples import ACCOUNT, OPENID, event, push
from wxchannels.wechat import pushes
from wxchannels.wechat.pushes import parse

TICKET = "<Ticket><![CDATA[TICKET]]></Ticket>"

KINDS = {
    "subscribe": pushes.Subscribed,
    "unsubscribe": pushes.Unsubscribed,
    "SCAN": pushes.Scanned,
    "CLICK": pushes.Clicked,
    "VIEW": pushes.Viewed,
    "view_miniprogram": pushes.MiniProgramViewed,
    "LOCATION": pushes.LocationReported,
    "scancode_push": pushes.ScanCodePushed,
    "scancode_waitmsg": pushes.ScanCodePushed,
    "pic_sysphoto": pushes.PicturesSent,
    "pic_photo_or_album": pushes.PicturesSent,
    "pic_weixin": pushes.PicturesSent,
    "location_select": pushes.LocationSelected,
    "TEMPLATESENDJOBFINISH": pushes.TemplateJobFinished,
    "MASSSENDJOBFINISH": pushes.MassJobFinished,
    "subscribe_msg_popup_event": pushes.SubscribeMessagePopup,
    "subscribe_msg_change_event": pushes.SubscribeMessageChanged,
    "subscribe_msg_sent_event": pushes.SubscribeMessageSent,
    "user_authorization_revoke": pushes.AuthorizationRevoked,
    "FREEPUBLISHJOBFINISH": pushes.UnknownEvent,
    "debug_demo": pushes.UnknownEvent,
    "": pushes.UnknownEvent,
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_event_is_known_in_any_case(name: str, kind: type[pushes.Event]) -> None:
    for spelling in (name, name.lower(), name.upper()):
        parsed = parse(event(spelling, "key"))

        assert type(parsed) is kind
        assert parsed.event == name.lower()
        assert parsed.fields["Event"] == spelling


def test_header_is_read() -> None:
    parsed = parse(event("subscribe", "qrscene_123", TICKET))

    assert parsed == pushes.SubscribedByScan(
        to_user=ACCOUNT,
        openid=OPENID,
        created_at=datetime(2012, 9, 28, 11, 31, tzinfo=UTC),
        msg_type="event",
        fields=parsed.fields,
        event="subscribe",
        event_key="qrscene_123",
        scene="123",
        ticket="TICKET",
    )


def test_event_without_its_name_is_kept() -> None:
    parsed = parse(push("event"))

    assert isinstance(parsed, pushes.UnknownEvent)


def test_official_debug_push_in_json_is_kept() -> None:
    body = VECTORS["official_aes"]["push"]["plaintext"].encode()

    parsed = parse(body)

    assert isinstance(parsed, pushes.UnknownEvent)
    assert parsed.event == "debug_demo"
    assert parsed.fields["debug_str"] == "hello world"


@pytest.mark.parametrize("name", ["VIEW", "view_miniprogram"])
def test_view_knows_page_and_menu(name: str) -> None:
    parsed = parse(event(name, "pages/index/index", "<MenuId>208396938</MenuId>"))

    assert isinstance(parsed, pushes.Viewed)
    assert parsed.event_key == "pages/index/index"
    assert parsed.menu_id == "208396938"


def test_location_is_in_degrees() -> None:
    place = (
        "<Latitude>23.137466</Latitude><Longitude>113.352425</Longitude>"
        "<Precision>119.385040</Precision>"
    )

    parsed = parse(event("LOCATION", content=place))

    assert isinstance(parsed, pushes.LocationReported)
    assert (parsed.latitude, parsed.longitude) == (23.137466, 113.352425)
    assert parsed.precision == 119.38504


@pytest.mark.parametrize("latitude", ["", "north", "nan", "1e999"])
def test_location_that_is_no_number_is_not_there(latitude: str) -> None:
    parsed = parse(event("LOCATION", content=f"<Latitude>{latitude}</Latitude>"))

    assert isinstance(parsed, pushes.LocationReported)
    assert parsed.latitude is None


@pytest.mark.parametrize(
    ("name", "waits"), [("scancode_push", False), ("scancode_waitmsg", True)]
)
def test_menu_scan_says_what_was_scanned(name: str, *, waits: bool) -> None:
    scanned = (
        "<ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType>"
        "<ScanResult><![CDATA[1]]></ScanResult></ScanCodeInfo>"
    )

    parsed = parse(event(name, "6", scanned))

    assert isinstance(parsed, pushes.ScanCodePushed)
    assert parsed.waits_for_reply is waits
    assert (parsed.scan_type, parsed.scan_result) == ("qrcode", "1")


@pytest.mark.parametrize("sums", [(), ("a",), ("a", "b", "c")])
def test_pictures_are_listed_however_many(sums: tuple[str, ...]) -> None:
    listed = "".join(f"<item><PicMd5Sum>{md5}</PicMd5Sum></item>" for md5 in sums)
    content = (
        f"<SendPicsInfo><Count>{len(sums)}</Count>"
        f"<PicList>{listed}</PicList></SendPicsInfo>"
    )

    parsed = parse(event("pic_weixin", "6", content))

    assert isinstance(parsed, pushes.PicturesSent)
    assert parsed.md5_sums == sums


def test_selected_location_is_read() -> None:
    content = (
        "<SendLocationInfo><Location_X><![CDATA[23]]></Location_X>"
        "<Location_Y><![CDATA[113]]></Location_Y><Scale><![CDATA[15]]></Scale>"
        "<Label><![CDATA[ 广州市海珠区]]></Label><Poiname><![CDATA[]]></Poiname>"
        "</SendLocationInfo>"
    )

    parsed = parse(event("location_select", "6", content))

    assert isinstance(parsed, pushes.LocationSelected)
    assert (parsed.latitude, parsed.longitude) == (23, 113)
    assert parsed.label == " 广州市海珠区"


def test_template_job_says_how_it_ended() -> None:
    content = "<MsgID>200163836</MsgID><Status><![CDATA[failed:user block]]></Status>"

    parsed = parse(event("TEMPLATESENDJOBFINISH", content=content))

    assert isinstance(parsed, pushes.TemplateJobFinished)
    assert (parsed.job_id, parsed.status) == ("200163836", "failed:user block")


def test_mass_job_says_how_it_ended() -> None:
    content = (
        "<MsgID>1000001625</MsgID><Status><![CDATA[send success]]></Status>"
        "<TotalCount>3</TotalCount><SentCount>2</SentCount>"
        "<CopyrightCheckResult><Count>1</Count><ResultList><item>"
        "<ArticleIdx>1</ArticleIdx></item></ResultList></CopyrightCheckResult>"
    )

    parsed = parse(event("MASSSENDJOBFINISH", content=content))

    assert isinstance(parsed, pushes.MassJobFinished)
    assert (parsed.job_id, parsed.status, parsed.sent_count) == (
        "1000001625",
        "send success",
        2,
    )
    [checked] = [parsed.fields["CopyrightCheckResult"]["ResultList"]["item"]]
    assert checked == {"ArticleIdx": "1"}


SUBSCRIPTIONS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


@pytest.mark.parametrize(("name", "wrapper"), SUBSCRIPTIONS.items())
@pytest.mark.parametrize("templates", [("A",), ("A", "B")])
def test_subscription_messages_are_listed_however_many(
    name: str, wrapper: str, templates: tuple[str, ...]
) -> None:
    listed = "".join(
        f"<List><TemplateId><![CDATA[{template}]]></TemplateId></List>"
        for template in templates
    )

    parsed = parse(event(name, content=f"<{wrapper}>{listed}</{wrapper}>"))

    assert isinstance(parsed, pushes.SubscribeMessageEvent)
    assert tuple(entry["TemplateId"] for entry in parsed.entries) == templates


@pytest.mark.parametrize(
    ("listed", "count"),
    [
        ('{"TemplateId":"A"}', 1),
        ('[{"TemplateId":"A"},{"TemplateId":"B"}]', 2),
        ("[]", 0),
        ('"odd"', 0),
    ],
)
def test_subscription_messages_in_json_are_an_object_or_a_list(
    listed: str, count: int
) -> None:
    body = (
        '{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1,"MsgType":"event",'
        f'"Event":"subscribe_msg_popup_event","List":{listed}}}'
    )

    parsed = parse(body.encode())

    assert isinstance(parsed, pushes.SubscribeMessagePopup)
    assert len(parsed.entries) == count


def test_revoked_authorization_names_its_own_person() -> None:
    content = "<OpenID><![CDATA[owAqB1nq]]></OpenID><RevokeInfo>1</RevokeInfo>"

    parsed = parse(event("user_authorization_revoke", content=content))

    assert isinstance(parsed, pushes.AuthorizationRevoked)
    assert parsed.openid == OPENID
    assert parsed.revoked_openid == "owAqB1nq"
