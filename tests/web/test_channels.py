"""The pages of channels, as a browser without scripts sees them."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator

import pytest
import responses
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories, wire
from tests.web.browser import Browser, sentences
from tests.wire import wechat_on_the_wire
from wxchannels.models import (
    Account,
    AuditEntry,
    Channel,
    ChannelGroup,
    ChannelState,
    QRCode,
    QRCodeState,
    Role,
    User,
)
from wxchannels.wechat.door import Door

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def wechat() -> Iterator[responses.RequestsMock]:
    with wechat_on_the_wire() as mock:
        yield mock


@pytest.fixture
def staff(signed_in: Browser) -> Browser:
    """Return the browser of somebody who reads English."""
    signed_in.set_cookie("lang", "en")
    return signed_in


def count(session: Session, model: type[Channel | QRCode]) -> int:
    session.rollback()
    return session.scalar(select(func.count(model.id))) or 0


def reread(session: Session, row: Channel | ChannelGroup | QRCode) -> None:
    """Read the row as requests have left it."""
    session.rollback()
    session.refresh(row)


def only(session: Session) -> Channel:
    session.rollback()
    return session.scalars(select(Channel)).one()


# Opening


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
        reply_new="你好",
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
        ("owner", "nobody", "named by an e-mail address"),
        ("tags", "x" * 33, "up to 20 tags"),
        ("remark", "x" * 501, "at most 500 characters"),
        ("scene", "a b", "A scene has 1 to 64 letters"),
        ("scene", "qrscene_a", "cannot begin with “qrscene_”"),
        ("scene", "taken", "already belongs to another code"),
        ("reply_new", "上" * 700, "This reply is too long"),
        ("lifetime", "forever", "up to 30 days"),
        ("lifetime", "days", "up to 30 days"),
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


def test_another_like_it_follows_at_once(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)

    answer = staff.send(
        "/main/channels/new", name="a", lifetime="permanent", then="another"
    )

    assert answer.location == f"/main/channels/new?like={only(session).id}"


# Reading


def test_empty_list_says_how_to_begin(staff: Browser) -> None:
    page = sentences(staff.get("/main/channels"))

    assert "No channels yet" in page
    assert "New channel" in page


def test_list_is_narrowed_and_sorted_by_its_address(
    staff: Browser, session: Session
) -> None:
    for name in ("静安寺店", "外卖"):
        factories.qrcode(
            session, name[0].encode().hex(), of=factories.channel(session, name)
        )

    page = sentences(staff.get("/main/channels?q=静安&sort=-scans&p=7d"))

    assert "静安寺店" in page
    assert "外卖" not in page


def test_part_of_the_list_is_given_to_htmx(staff: Browser, session: Session) -> None:
    factories.channel(session)

    page = staff.get("/main/channels", headers={"HX-Request": "true"})

    assert "<html" not in page.text
    assert "Counter" in page.text
    assert page.headers["Vary"] == "HX-Request, Cookie" or "HX-Request" in str(
        page.vary
    )


@pytest.mark.parametrize(
    "query", ["sort=app_secret", "state=asleep", "p=never", "page=x", "page=0"]
)
def test_address_that_means_nothing_is_refused(staff: Browser, query: str) -> None:
    assert staff.get(f"/main/channels?{query}").status_code == 422


@pytest.mark.parametrize(
    "query", ["q=%00", "group=%00", "tag=%00", "q=" + "x" * 3000, "group=' OR 1=1"]
)
def test_nonsense_finds_nothing(staff: Browser, session: Session, query: str) -> None:
    factories.channel(session)

    page = staff.get(f"/main/channels?{query}")

    assert page.status_code == 200


def test_script_is_shown_as_text_everywhere(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    staff.send(
        "/main/channels/new",
        name=SCRIPT,
        group=SCRIPT.replace("/", ""),
        tags=SCRIPT,
        remark=SCRIPT,
        lifetime="permanent",
        reply_new=SCRIPT,
    )
    channel = only(session)

    for path in (
        "",
        f"/{channel.id}",
        f"/{channel.id}/edit",
        f"/new?like={channel.id}",
    ):
        page = staff.get(f"/main/channels{path}")
        assert "alert(1)" in page.text, path
        assert "<script>alert" not in page.text, path


def test_channel_page_shows_code_replies_and_what_was_done(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    staff.send(
        "/main/channels/new",
        name="Counter",
        scene="shop",
        lifetime="permanent",
        reply_new="Welcome!",
    )

    page = staff.get(f"/main/channels/{only(session).id}")

    assert 'src="/qrcode/main/shop.svg"' in page.text
    text = sentences(page)
    assert "Welcome!" in text
    assert "Permanent, never expires" in text
    assert "ann@example.com opened the channel" in text
    assert "Waiting for the first scan" in text


@pytest.mark.parametrize("path", ["999", "2147483648", "-1", "x"])
def test_channel_that_does_not_exist_is_not_found(staff: Browser, path: str) -> None:
    assert staff.get(f"/main/channels/{path}").status_code == 404


def test_another_accounts_channel_is_not_found(
    staff: Browser, session: Session
) -> None:
    other = factories.account(session, "other")
    channel = factories.channel(session, of=other)

    for path in ("", "/edit", "/qrcodes/new"):
        page = staff.get(f"/main/channels/{channel.id}{path}")
        assert page.status_code == 404


# Changing


def test_channel_is_changed(staff: Browser, session: Session) -> None:
    picture = {"kind": "image", "media_id": "m"}
    channel = factories.channel(session, reply_following=picture)

    answer = staff.send(
        f"/main/channels/{channel.id}/edit", name="New name", tags="a", reply_new="hi"
    )

    reread(session, channel)
    assert answer.status_code == 302
    assert channel.name == "New name"
    assert channel.reply_new == {"kind": "text", "content": "hi"}
    assert channel.reply_following == picture


def test_taken_name_is_refused_and_input_kept(staff: Browser, session: Session) -> None:
    factories.channel(session, "Taken")
    channel = factories.channel(session)

    answer = staff.send(
        f"/main/channels/{channel.id}/edit", name="Taken", remark="as typed"
    )

    assert answer.status_code == 422
    assert "There is already a channel called “Taken”." in sentences(answer)
    assert "as typed" in answer.text


# Acts


def act(browser: Browser, **fields: str) -> str:
    answer = browser.send("/main/channels/batch", page="/main/channels", **fields)
    assert answer.status_code == 302
    return answer.location


def undo(browser: Browser) -> None:
    """Press the button of the toast on the next page."""
    page = browser.get("/main/channels")
    form = page.text.split('class="toast-x"')[1]
    address = form.split('action="')[1].split('"')[0].replace("&amp;", "&")
    browser.send(address, page="/main/channels")


@pytest.mark.parametrize(
    ("do", "before", "after"),
    [
        ("archive", "active", "archived"),
        ("restore", "archived", "active"),
        ("disable", "active", "disabled"),
        ("enable", "disabled", "active"),
    ],
)
def test_act_is_done_at_once_and_can_be_taken_back(
    staff: Browser, session: Session, do: str, before: str, after: str
) -> None:
    factories.channel(session, "Another")
    channel = factories.channel(session, state=before)

    act(staff, do=do, id=str(channel.id))

    reread(session, channel)
    assert channel.state == after
    undo(staff)
    reread(session, channel)
    assert channel.state == before


def test_tags_are_added_and_taken_back_where_they_were_new(
    staff: Browser, session: Session
) -> None:
    channel = factories.channel(session)

    act(staff, do="typed", id=str(channel.id), tags="a, b")

    reread(session, channel)
    assert [tag.name for tag in channel.tags] == ["a", "b"]
    undo(staff)
    reread(session, channel)
    assert channel.tags == []


def test_channel_is_moved_and_taken_back(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)

    act(staff, do="typed", id=str(channel.id), group="华东/上海")

    reread(session, channel)
    assert channel.group is not None
    assert channel.group.path == "华东/上海"
    undo(staff)
    reread(session, channel)
    assert channel.group is None


def test_act_leads_back_to_the_list_as_it_was(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)

    back = act(staff, do="archive", id=str(channel.id), view="q=x&sort=name")

    assert back == "/main/channels?q=x&sort=name"
    elsewhere = act(staff, do="restore", id=str(channel.id), view="//evil.example/")
    assert elsewhere.startswith("/main/channels?")


def test_act_on_nothing_says_so(staff: Browser, session: Session) -> None:
    factories.channel(session)

    act(staff, do="archive")

    page = sentences(staff.get("/main/channels"))
    assert "Tick at least one channel first." in page


def test_refused_act_changes_nothing(staff: Browser, session: Session) -> None:
    factories.channel(session)
    other = factories.channel(session, "Other", state="archived")
    old = factories.channel(session, state="archived")

    ids = {"id": [str(other.id), str(old.id)], "do": "restore"}
    token = {"csrf_token": _token(staff)}
    staff.post("/main/channels/batch", data={**ids, **token})

    session.rollback()
    states = session.scalars(select(Channel.state).order_by(Channel.id)).all()
    assert states == [ChannelState.ACTIVE, ChannelState.ARCHIVED, ChannelState.ARCHIVED]


def _token(browser: Browser) -> str:
    page = browser.get("/main/channels")
    return page.text.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.parametrize("do", ["", "delete", "__class__"])
def test_unknown_act_is_a_bad_request(
    staff: Browser, session: Session, do: str
) -> None:
    factories.channel(session)

    answer = staff.send("/main/channels/batch", page="/main/channels", do=do)

    assert answer.status_code == 400


def test_act_needs_the_forms_token(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)

    answer = staff.post(
        "/main/channels/batch", data={"do": "archive", "id": channel.id}
    )

    reread(session, channel)
    assert answer.status_code == 400
    assert channel.state == ChannelState.ACTIVE


# Codes


def pending(session: Session) -> QRCode:
    """Return a code that WeChat has not made yet."""
    return factories.qrcode(
        session, "late", state="pending", ticket=None, url=None, issued_at=None
    )


def test_second_code_is_made_beside_the_first(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    channel = factories.qrcode(session, "old").channel

    staff.send(
        f"/main/channels/{channel.id}/qrcodes/new",
        label="new card",
        lifetime="month",
        scene="new",
    )

    reread(session, channel)
    assert [(c.scene, c.state, c.label) for c in channel.qrcodes] == [
        ("old", "active", ""),
        ("new", "active", "new card"),
    ]


def test_replacement_disables_the_old_code(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    channel = factories.qrcode(session, "old").channel

    staff.send(
        f"/main/channels/{channel.id}/qrcodes/new",
        lifetime="permanent",
        scene="new",
        replaces="y",
    )

    reread(session, channel)
    states = {code.scene: code.state for code in channel.qrcodes}
    assert states == {"old": "disabled", "new": "active"}


def test_refused_code_disables_nothing(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.refuse(wechat, 45009)
    code = factories.qrcode(session, "old")

    answer = staff.send(
        f"/main/channels/{code.channel_id}/qrcodes/new",
        lifetime="permanent",
        replaces="y",
    )

    reread(session, code)
    assert answer.status_code == 422
    assert "error 45009" in sentences(answer)
    assert code.state == QRCodeState.ACTIVE
    assert count(session, QRCode) == 1


def test_archived_channel_gets_no_code(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    channel = factories.channel(session, state="archived")

    answer = staff.send(
        f"/main/channels/{channel.id}/qrcodes/new", lifetime="permanent"
    )

    assert "Restore it first." in sentences(answer)
    assert wire.asked(wechat) == []


def test_code_is_disabled_and_enabled(staff: Browser, session: Session) -> None:
    code = factories.qrcode(session)
    page = f"/main/channels/{code.channel_id}"

    states = []
    for what in ("disable", "enable"):
        staff.send(f"{page}/qrcodes/{code.id}/{what}", page=page)
        reread(session, code)
        states.append(str(code.state))

    assert states == ["disabled", "active"]


def test_pending_code_is_asked_for_again(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    code = pending(session)
    page = f"/main/channels/{code.channel_id}"
    assert "Ask WeChat now" in sentences(staff.get(page))

    staff.send(f"{page}/qrcodes/{code.id}/issue", page=page)

    reread(session, code)
    assert (code.state, code.ticket) == ("active", "T-late")


def test_refused_pending_code_stays_and_says_why(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.refuse(wechat, 45009)
    code = pending(session)
    page = f"/main/channels/{code.channel_id}"

    staff.send(f"{page}/qrcodes/{code.id}/issue", page=page)

    shown = staff.get(page)
    reread(session, code)
    assert "used up (error 45009)" in sentences(shown)
    assert code.state == QRCodeState.PENDING


def test_code_of_another_channel_is_not_found(staff: Browser, session: Session) -> None:
    code = factories.qrcode(session)
    other = factories.channel(session, "Other")
    page = f"/main/channels/{other.id}"

    answer = staff.send(f"{page}/qrcodes/{code.id}/disable", page=page)

    assert answer.status_code == 404


# Groups


def test_group_is_renamed_on_its_page(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)
    act(staff, do="move", id=str(channel.id), group="a/b")

    staff.send("/main/channels/groups", path="a/b", to="c")

    reread(session, channel)
    assert channel.group is not None
    reread(session, channel.group)
    assert channel.group.path == "c"
    staff.send("/main/channels/groups", path="c", to="c/d")
    page = sentences(staff.get("/main/channels/groups"))
    assert "cannot be moved into itself" in page


# Taking along


def test_list_is_taken_along_without_formulas(staff: Browser, session: Session) -> None:
    factories.qrcode(
        session, "f1", of=factories.channel(session, "=1+1", owner="@x.cn")
    )

    answer = staff.get("/main/channels/channels.csv")

    content = answer.data.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(content))
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert header[:2] == ["Channel", "Group"]
    assert row[0] == "'=1+1"
    assert row[3] == "'@x.cn"
    assert row[6] == "http://localhost/qrcode/main/f1.png"


def test_all_codes_are_taken_along_in_an_archive(
    staff: Browser, session: Session
) -> None:
    for scene, name in (("s1", "Shop"), ("s2", "shop"), ("s3", "../etc")):
        factories.qrcode(session, scene, of=factories.channel(session, name))

    answer = staff.get("/main/channels/codes.zip?sort=created_at")

    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    names = archive.namelist()
    assert len({name.lower() for name in names}) == 3
    assert all(".." not in name.split("/") for name in names)
    assert archive.read(names[0]).startswith(b"\x89PNG")


def test_ticked_codes_are_taken_along(staff: Browser, session: Session) -> None:
    code = factories.qrcode(session, "one")
    factories.qrcode(session, "two")

    answer = staff.send(
        "/main/channels/selected.zip", page="/main/channels", id=str(code.channel_id)
    )

    assert zipfile.ZipFile(io.BytesIO(answer.data)).namelist() == ["one.png"]


# Rights


def test_manager_reads_and_changes_nothing(
    browser: Browser, session: Session, account: Account, admit: Callable[..., User]
) -> None:
    channel = factories.qrcode(session).channel
    factories.membership(session, admit(role=None), account, Role.MANAGER)
    browser.sign_in()

    page = browser.get("/main/channels")
    own = browser.get(f"/main/channels/{channel.id}")

    assert page.status_code == own.status_code == 200
    assert "New channel" not in sentences(page)
    assert "Archive" not in sentences(own)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "do": "archive", "id": channel.id}
    assert browser.post("/main/channels/batch", data=data).status_code == 404


def test_stranger_is_sent_to_sign_in(app: Flask, account: Account) -> None:
    del account

    answer = Browser(app).get("/main/channels")

    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_pages_speak_both_languages(staff: Browser, session: Session) -> None:
    channel = factories.qrcode(session).channel

    for path in ("channels", "channels/new", f"channels/{channel.id}", "bulk"):
        zh = sentences(staff.get(f"/main/{path}?lang=zh"))
        en = sentences(staff.get(f"/main/{path}"))
        assert "渠道" in zh
        assert "Channel" in en


def test_details_of_the_trail_hold_no_reply(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)

    staff.send("/main/channels/new", name="a", lifetime="permanent", reply_new="hi")

    details = session.scalars(select(AuditEntry.details)).all()
    assert "hi" not in json.dumps(details).split('"')
