"""The codes of a channel, on its page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import responses
from flask import Flask
from requests import PreparedRequest
from sqlalchemy.orm import Session

from tests import factories, wire
from tests.web.browser import Browser, hidden_fields, sentences, undo_address
from tests.web.channel_rows import count, pending, reread
from wxchannels.models import (
    Lifetime,
    QRCode,
    QRCodeState,
)
from wxchannels.web.channels.words import code_standing


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


def test_printed_code_stays_the_main_one_and_all_are_told_apart(
    staff: Browser, session: Session
) -> None:
    channel = factories.qrcode(session, "printed").channel
    factories.qrcode(session, "second", of=channel, label="new card")

    page = staff.get(f"/main/channels/{channel.id}")
    row = sentences(staff.get("/main/channels?q=second"))

    assert re.search("Main code .* printed .* Other codes .* new card", sentences(page))
    assert re.search(r'src="/qrcode/main/printed\.png', page.text)
    assert "printed other code second" in row


@pytest.mark.parametrize("scene", ["", "typed"])
def test_form_that_is_sent_twice_makes_one_code(
    staff: Browser, session: Session, wechat: responses.RequestsMock, scene: str
) -> None:
    wire.issue(wechat)
    channel = factories.qrcode(session, "old").channel
    page = f"/main/channels/{channel.id}/qrcodes/new"
    form = {**hidden_fields(staff.get(page)), "lifetime": "permanent", "scene": scene}

    answers = [staff.post(page, data={**form, "replaces": "y"}) for _ in range(2)]

    reread(session, channel)
    leads_to = [answer.location for answer in answers]
    assert leads_to == [f"/main/channels/{channel.id}"] * 2
    assert [code.state for code in channel.qrcodes] == ["disabled", "active"]
    assert len(wire.asked(wechat)) == 1
    assert sentences(staff.get(leads_to[0])).count("The new code is ready") == 2


def test_another_form_with_a_scene_of_the_channel_is_refused(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    channel = factories.qrcode(session, "old").channel
    page = f"/main/channels/{channel.id}/qrcodes/new"
    typed = {"lifetime": "permanent", "scene": "typed"}
    staff.send(page, **typed)

    answer = staff.send(page, **typed, replaces="y")

    assert answer.status_code == 422
    assert "already belongs to another code" in sentences(answer)


@pytest.mark.parametrize(("scene", "status"), [("", 302), ("typed", 422)])
def test_form_that_is_sent_again_with_a_tick_more_is_another(
    staff: Browser,
    session: Session,
    wechat: responses.RequestsMock,
    scene: str,
    status: int,
) -> None:
    wire.issue(wechat)
    channel = factories.qrcode(session, "old").channel
    page = f"/main/channels/{channel.id}/qrcodes/new"
    form = {**hidden_fields(staff.get(page)), "lifetime": "permanent", "scene": scene}
    staff.post(page, data=form)

    answer = staff.post(page, data={**form, "replaces": "y"})

    reread(session, channel)
    states = [code.state for code in channel.qrcodes]
    assert answer.status_code == status
    assert states == (
        ["active", "active"] if scene else ["disabled", "disabled", "active"]
    )


def test_form_that_is_sent_twice_at_once_makes_one_code(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    channel = factories.qrcode(session, "old").channel
    page = f"/main/channels/{channel.id}/qrcodes/new"
    form = {**hidden_fields(staff.get(page)), "lifetime": "permanent", "replaces": "y"}

    def send_again(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        # WeChat is still busy with the first when the second is answered.
        if len(wire.asked(wechat)) == 1:
            staff.post(page, data=form)
        return wire.ticket_for(request)

    wechat.add_callback("POST", wire.CREATE, send_again)

    answer = staff.post(page, data=form)

    reread(session, channel)
    scenes = {str(code["action_info"]) for code in wire.asked(wechat)}
    assert answer.location == f"/main/channels/{channel.id}"
    assert [code.state for code in channel.qrcodes] == ["disabled", "active"]
    assert len(scenes) == 1


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

    assert "Restore it on its page first." in sentences(answer)
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


def test_people_who_follow_now_are_explained(staff: Browser, session: Session) -> None:
    code = factories.qrcode(session)

    page = staff.get(f"/main/channels/{code.channel_id}").text

    assert 'popovertarget="def-followers_now"' in page
    assert 'id="def-followers_now"' in page


def test_code_that_is_disabled_twice_is_not_enabled_by_undo(
    staff: Browser, session: Session
) -> None:
    code = factories.qrcode(session, state=QRCodeState.DISABLED)
    page = f"/main/channels/{code.channel_id}"

    staff.send(f"{page}/qrcodes/{code.id}/disable", page=page)

    assert undo_address(staff.get(page)) == ""


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.5, "Ends today"), (22, "Ends in 1 day"), (26, "Ends in 2 days")],
)
@pytest.mark.usefixtures("account")
def test_code_ends_on_a_day_of_the_accounts_calendar(
    app: Flask, session: Session, hours: float, said: str
) -> None:
    eleven_at_night = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    code = factories.qrcode(
        session,
        lifetime=Lifetime.TEMPORARY,
        expire_seconds=86400,
        expires_at=eleven_at_night + timedelta(hours=hours),
    )

    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert code_standing(code, eleven_at_night).word == said
