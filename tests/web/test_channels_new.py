"""Opening a channel together with its code, as a browser without scripts sees it."""

import pytest
import responses
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, wire
from tests.web.browser import Browser, hidden_fields, sentences
from tests.web.channel_rows import SCRIPT, count, only
from wxchannels.models import (
    Account,
    AuditEntry,
    Channel,
    ChannelState,
    QRCode,
)
from wxchannels.wechat.door import Door


def test_channel_is_opened_with_its_code(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)

    answer = staff.send(
        "/main/channels/new",
        name="静安寺店",
        group="华东/上海",
        owner="xu@example.com",
        tags="门店，桌贴",
        lifetime="permanent",
        scene="shop-1",
        remark="by the door",
        **{"reply_new-content": "你好"},
    )

    channel = only(session)
    assert answer.location == f"/main/channels/{channel.id}"
    assert (channel.name, channel.owner) == ("静安寺店", "xu@example.com")
    assert channel.reply_new == {"kind": "text", "content": "你好"}
    [code] = channel.qrcodes
    assert (code.scene, code.ticket, code.state) == ("shop-1", "T-shop-1", "active")
    assert len(wire.asked(wechat)) == 1
    actions = set(session.scalars(select(AuditEntry.action)))
    assert {"channel.open", "qrcode.issue"} <= actions


def test_name_alone_is_enough(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)

    staff.send("/main/channels/new", name="Counter", lifetime="permanent")

    [code] = only(session).qrcodes
    assert len(code.scene) == 10


@pytest.mark.parametrize(
    ("lifetime", "days", "seconds"),
    [("permanent", "", None), ("month", "", 2592000), ("days", " 7 ", 604800)],
)
def test_validity_is_chosen(
    staff: Browser,
    session: Session,
    wechat: responses.RequestsMock,
    lifetime: str,
    days: str,
    seconds: int | None,
) -> None:
    wire.issue(wechat)

    staff.send("/main/channels/new", name="a", lifetime=lifetime, days=days)

    [code] = only(session).qrcodes
    assert code.expire_seconds == seconds


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "A name has 1 to 64 characters"),
        ("name", "", "Fill this in."),
        ("name", "Taken", "There is already a channel called “Taken”."),
        ("group", "a/b/c/d/e/f/g", "A group is written like"),
        ("owner", "nobody", "Enter the e-mail address"),
        ("tags", "x" * 33, "up to 20 tags"),
        ("remark", "x" * 501, "at most 500 characters"),
        ("scene", "a b", "A scene has 1 to 64 letters"),
        ("scene", "qrscene_a", "cannot begin with “qrscene_”"),
        ("scene", "taken", "already belongs to another code"),
        ("reply_new-content", "上" * 700, "This reply is too long"),
        ("lifetime", "forever", "up to 30 days"),
        ("lifetime", "days", "a number of days from 1 to 30"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_before_wechat_is_asked(
    staff: Browser,
    session: Session,
    wechat: responses.RequestsMock,
    field: str,
    value: str,
    said: str,
) -> None:
    factories.qrcode(session, "taken", of=factories.channel(session, "Taken"))
    typed = {"name": "Counter", "lifetime": "permanent", "remark": "kept as typed"}

    answer = staff.send("/main/channels/new", **{**typed, field: value})

    assert answer.status_code == 422
    assert said in sentences(answer)
    assert field == "remark" or "kept as typed" in answer.text
    assert wire.asked(wechat) == []
    assert count(session, Channel) == 1


@pytest.mark.parametrize(
    ("errcode", "errmsg", "said"),
    [
        (40013, "invalid appid", "does not know this AppID (error 40013)"),
        (40125, "invalid appsecret", "the AppSecret is wrong (error 40125)"),
        (40164, "invalid ip 203.0.113.7, not", "Add 203.0.113.7 to the IP white list"),
        (45009, "quota", "used up (error 45009)"),
        (45011, "minute", "Wait a minute"),
        (45029, "out of limit", "Make a temporary code instead"),
        (48001, "unauthorized", "verified service accounts"),
        (40053, "invalid action info", "Choose a shorter one"),
        (99999, f"odd {SCRIPT}", "Its words are: odd"),
    ],
)
def test_refusal_says_what_to_do_and_leaves_no_channel(
    staff: Browser,
    session: Session,
    wechat: responses.RequestsMock,
    errcode: int,
    errmsg: str,
    said: str,
) -> None:
    wire.refuse(wechat, errcode, errmsg)

    answer = staff.send(
        "/main/channels/new", name="Counter", lifetime="permanent", group="New"
    )

    assert answer.status_code == 422
    assert said in sentences(answer)
    assert SCRIPT not in answer.text
    assert 'value="Counter"' in answer.text
    assert count(session, Channel) == count(session, QRCode) == 0


def test_silence_leaves_no_channel(
    staff: Browser,
    session: Session,
    wechat: responses.RequestsMock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire.refuse(wechat, -1)
    monkeypatch.setattr(Door.ask, "__kwdefaults__", {"query": None, "body": None})
    monkeypatch.setattr("wxchannels.wechat.door._PAUSES", (None,))

    answer = staff.send("/main/channels/new", name="Counter", lifetime="permanent")

    assert "WeChat does not answer or is busy" in sentences(answer)
    assert count(session, Channel) == 0


def test_form_is_filled_in_like_another_channel(
    staff: Browser, session: Session, account: Account
) -> None:
    del account
    like = factories.channel(session, "Old", remark="the same remark", owner="x@y.cn")

    page = staff.get(f"/main/channels/new?like={like.id}")

    assert "the same remark" in page.text
    assert 'value="x@y.cn"' in page.text
    assert 'value="Old"' not in page.text


@pytest.mark.parametrize("scene", ["", "typed"])
def test_form_that_is_sent_twice_opens_one_channel(
    staff: Browser, session: Session, wechat: responses.RequestsMock, scene: str
) -> None:
    wire.issue(wechat)
    form = hidden_fields(staff.get("/main/channels/new"))
    form |= {"name": "Counter", "lifetime": "permanent", "scene": scene}

    answers = [staff.post("/main/channels/new", data=form) for _ in range(2)]

    leads_to = [answer.location for answer in answers]
    page = f"/main/channels/{only(session).id}"
    assert leads_to == [page] * 2
    assert sentences(staff.get(page)).count("Its code is ready") == 2
    assert len(wire.asked(wechat)) == 1


@pytest.mark.parametrize("state", [ChannelState.ACTIVE, ChannelState.ARCHIVED])
def test_another_form_with_the_same_name_and_scene_is_refused(
    staff: Browser,
    session: Session,
    wechat: responses.RequestsMock,
    state: ChannelState,
) -> None:
    wire.issue(wechat)
    typed = {"name": "Counter", "lifetime": "permanent", "scene": "shop-1"}
    staff.send("/main/channels/new", **typed)
    only(session).state = state
    session.commit()

    answer = staff.send("/main/channels/new", **typed)

    assert answer.status_code == 422
    assert "already" in sentences(answer)


def test_another_like_it_follows_at_once(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)

    answer = staff.send(
        "/main/channels/new", name="a", lifetime="permanent", then="another"
    )

    assert answer.location == f"/main/channels/new?like={only(session).id}"
