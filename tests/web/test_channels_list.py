"""The list and the page of a channel, and what can be taken along."""

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
import responses
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, wire
from tests.applications import statements
from tests.reports.story import Places
from tests.web.browser import Browser, sentences
from tests.web.channel_rows import SCRIPT, only
from tests.web.report_page import BOTH, file_rows
from tests.web.tables import table_of
from wxchannels.models import (
    Account,
    AuditEntry,
    Channel,
    ChannelGroup,
    Role,
    User,
)


def test_who_is_in_charge_is_named_like_their_account(
    staff: Browser, session: Session, ann: User
) -> None:
    ann.name = "陈安"
    session.commit()
    factories.channel(session, "ours", owner=ann.email)
    other = factories.channel(session, "other", owner="else@example.com")

    listed = staff.get("/main/channels?q=陈安").text

    assert f'<span title="{ann.email}">陈安</span>' in listed
    assert "else@example.com" in sentences(staff.get(f"/main/channels/{other.id}"))
    assert f'<option value="{ann.email}">陈安' in staff.get("/main/bulk").text


@pytest.mark.parametrize("page", ["", "/{}"])
def test_page_asks_for_nobody_but_who_is_in_charge(
    staff: Browser, session: Session, ann: User, page: str
) -> None:
    ann.name = "陈安"
    channel = factories.channel(session, owner=ann.email)
    factories.user(session, "else@example.com", name="Somebody")

    with statements() as asked:
        shown = staff.get("/main/channels" + page.format(channel.id))

    assert f'<span title="{ann.email}">陈安</span>' in shown.text
    people = [words for words in asked if "ORDER BY user.name" in words]
    assert all("user.email IN" in words for words in people)


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
    "query", ["q=%01", "group=%01", "tag=%01", "q=" + "x" * 3000, "group=' OR 1=1"]
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
        **{"reply_new-content": SCRIPT},
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
        **{"reply_new-content": "Welcome!"},
    )

    page = staff.get(f"/main/channels/{only(session).id}")

    assert 'src="/qrcode/main/shop.png?scale=25"' in page.text
    text = sentences(page)
    assert "Welcome!" in text
    assert "Permanent, never expires" in text
    assert "ann@example.com created the channel" in text
    assert "Waiting for the first scan" in text


def test_figures_of_a_channel_are_of_any_period(staff: Browser, places: Places) -> None:
    address = f"/main/channels/{places.counter}"

    page = html.unescape(staff.get(f"{address}?{BOTH}").text)
    monday = staff.get(f"{address}?start=2026-03-02&end=2026-03-02").text

    for name in ("today", "yesterday", "7d", "30d", "month"):
        assert f'href="{address}?p={name}"' in page
    assert re.findall(r'value="(2026-03-\d\d)"', page) == ["2026-03-02", "2026-03-03"]
    # The events behind it are of the same days.
    assert f"/main/events?row={places.counter}&{BOTH}" in page
    assert len(table_of(monday, "Counter").rows) == 24


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


@pytest.mark.usefixtures("places")
def test_file_has_the_figures_of_the_list(staff: Browser) -> None:
    page = staff.get(f"/main/channels?{BOTH}").text
    file = staff.get(f"/main/channels/channels.csv?{BOTH}").text

    header, *rows = file_rows(file)
    assert header[-1] == "Unfollow rate"
    assert [row[0] for row in rows] == ["Poster", "Counter"]
    assert [row[-1] for row in rows] == ["0.0%", "50.0%"]
    assert [row[7] for row in table_of(page, "Channels").rows] == ["0.0%", "50.0%"]


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


@pytest.mark.parametrize("act", ["selected.zip", "batch"])
def test_many_ticked_channels_are_read_with_few_questions(
    app: Flask, staff: Browser, session: Session, account: Account, act: str
) -> None:
    for name in "abcdefghi":
        group = ChannelGroup(account_id=account.id, path=name)
        factories.qrcode(session, name, factories.channel(session, name, group=group))
    ids = list(session.scalars(select(Channel.id)))
    app.config["WTF_CSRF_ENABLED"] = False

    with statements() as asked:
        staff.post(
            f"/main/channels/{act}", data={"id": ids, "do": "tag", "tags": "tall"}
        )

    assert len([one for one in asked if "SELECT" in one]) < 12


def test_manager_reads_and_changes_nothing(
    browser: Browser, session: Session, account: Account, admit: Callable[..., User]
) -> None:
    channel = factories.qrcode(session).channel
    factories.membership(session, admit(role=None), account, Role.MANAGER)
    browser.sign_in()

    page = browser.get("/main/channels?lang=en")
    own = browser.get(f"/main/channels/{channel.id}?lang=en")

    assert page.status_code == own.status_code == 200
    assert "New channel" not in sentences(page)
    assert "Archive" not in sentences(own)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "do": "archive", "id": channel.id}
    assert browser.post("/main/channels/batch", data=data).status_code == 404
    for form in ("new", f"{channel.id}/edit", f"{channel.id}/qrcodes/new", "groups"):
        assert browser.get(f"/main/channels/{form}").status_code == 404


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
    words = {"reply_new-content": "hi"}

    staff.send("/main/channels/new", name="a", lifetime="permanent", **words)

    details = session.scalars(select(AuditEntry.details)).all()
    assert "hi" not in json.dumps(details).split('"')


@pytest.mark.parametrize(
    ("days", "field", "sentence"),
    [
        ({"start": "1><b>", "end": "2026-03-03"}, "f-start", "Write the day as"),
        ({"start": "2026-03-03", "end": "2026-03-02"}, "f-end", "must end after"),
    ],
)
def test_refused_days_are_kept_and_said_above_the_list(
    staff: Browser, session: Session, days: dict[str, str], field: str, sentence: str
) -> None:
    factories.channel(session)

    page = staff.get("/main/channels", query_string=days)

    assert page.status_code == 422
    assert sentence in sentences(page)
    assert "Counter" in page.text
    for typed in days.values():
        assert f'value="{html.escape(typed)}"' in page.text
    marked = re.search(r'<input[^>]*id="(\S+)"[^>]*aria-invalid="true"', page.text)
    assert marked
    assert marked[1] == field


def test_list_of_refused_days_is_no_export(staff: Browser, session: Session) -> None:
    factories.channel(session)

    assert "channels.csv" in staff.get("/main/channels").text
    for query in ("start=x&end=y", "p=never"):
        page = staff.get(f"/main/channels?{query}")
        assert page.status_code == 422
        assert "channels.csv" not in page.text
        assert 'name="start"' in page.text
