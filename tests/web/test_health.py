"""How WeChat and we get along, on a page."""

from datetime import timedelta

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import pushes
from tests.web.browser import Browser, sentences
from tests.wire import API
from wxchannels import clock
from wxchannels.models import (
    AccessToken,
    Account,
    AuditEntry,
    CallbackSighting,
    CallQuota,
    CallRefusal,
    RawPush,
    RenewalReason,
    SightingKind,
    TokenRenewal,
)

PAGE = "/main/health"
QUOTA = f"{API}/cgi-bin/openapi/quota/get"
CLEAR = f"{API}/cgi-bin/clear_quota"
DAY = timedelta(days=1)


def test_page_without_anything_to_say_says_so(reader: Browser) -> None:
    page = sentences(reader.get(PAGE))

    assert "There is none: the next call asks for one" in page
    assert "Not asked yet" in page
    assert "Nothing refused" in page
    assert "Never seen" in page
    assert "suspicion" not in page


def test_token_is_described_and_never_shown(
    reader: Browser, session: Session, account: Account
) -> None:
    now = clock.utcnow()
    session.add_all(
        [
            AccessToken(
                account_id=account.id,
                value="the-token-itself",
                expires_at=now + timedelta(hours=1),
            ),
            TokenRenewal(
                account_id=account.id,
                at=now,
                holder="shop-1:4711",
                reason=RenewalReason.EXPIRED,
                good_for_seconds=6900,
            ),
        ]
    )
    session.commit()

    page = reader.get(PAGE)

    assert "the-token-itself" not in page.text
    assert "shop-1:4711" in page.text
    assert "The one before was at its end" in sentences(page)


def test_somebody_else_at_the_token_is_said_here_and_on_the_overview(
    reader: Browser, session: Session, account: Account
) -> None:
    died = {"reason": RenewalReason.REFUSED, "left_seconds": 3600}
    session.add_all(
        TokenRenewal(account_id=account.id, at=clock.utcnow(), holder="a:1", **died)
        for _ in range(2)
    )
    session.commit()

    page = sentences(reader.get(PAGE))
    overview = sentences(reader.get("/main/overview"))

    assert "refused 2 of our tokens long before their time" in page
    assert "force_refresh" in page
    assert "Another system is invalidating our access tokens" in overview


def test_refusals_are_said_in_words(
    reader: Browser, session: Session, account: Account, wechat: responses.RequestsMock
) -> None:
    wechat.get(f"{API}/cgi-bin/getcallbackip", json={"errcode": 45009, "errmsg": "q"})

    reader.send("/main/connect/token", page=PAGE)

    session.rollback()
    noted = session.scalars(select(CallRefusal)).one()
    page = sentences(reader.get(PAGE))
    assert (noted.account_id, noted.errcode, noted.times) == (account.id, 45009, 1)
    assert "Checking the token Today’s calls to WeChat are used up" in page


def test_quotas_are_asked_for_by_a_button(
    reader: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    answer = {"daily_limit": 100_000, "used": 100_000, "remain": 0}
    wechat.post(QUOTA, json={"errcode": 0, "quota": answer})

    reader.send(f"{PAGE}/quotas", page=PAGE)

    page = sentences(reader.get(PAGE))
    assert "Making QR codes 100,000 0 Used up 100,000" in page
    assert len(session.scalars(select(CallQuota)).all()) == 6


def test_wechat_that_refuses_to_say_is_explained(
    reader: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wechat.post(QUOTA, json={"errcode": 45011, "errmsg": "too often"})

    reader.send(f"{PAGE}/quotas", page=PAGE)

    assert "WeChat is being asked too often" in sentences(reader.get(PAGE))
    assert session.scalars(select(CallQuota)).all() == []


def test_counting_anew_has_to_be_confirmed(
    reader: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wechat.post(CLEAR, json={"errcode": 0, "errmsg": "ok"})

    refused = reader.send(f"{PAGE}/quotas/clear", page=PAGE, confirmation="no")

    assert refused.status_code == 422
    assert "Type the account’s short name to confirm." in sentences(refused)
    assert not [one for one in wechat.calls if CLEAR in str(one.request.url)]
    assert "At most 10 times are left." in sentences(refused)

    reader.send(f"{PAGE}/quotas/clear", page=PAGE, confirmation="main")

    page = sentences(reader.get(PAGE))
    actions = session.scalars(select(AuditEntry.action)).all()
    assert "WeChat has reset today’s call counts." in page
    assert "At most 9 times are left." in page
    assert "quota.clear" in actions


def test_month_in_which_wechat_counts_anew_no_more(
    reader: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wechat.post(CLEAR, json={"errcode": 48006, "errmsg": "forbid to clear quota"})

    reader.send(f"{PAGE}/quotas/clear", page=PAGE, confirmation="main")

    assert "cannot be reset again this month" in sentences(reader.get(PAGE))
    assert "quota.clear" not in session.scalars(select(AuditEntry.action)).all()


def sighting(app: Flask, session: Session, kind: SightingKind) -> CallbackSighting:
    """Return what was noted, once the errand that writes it is run."""
    app.extensions["intake"]._errands.submit(lambda: None, timeout=10)
    session.rollback()
    query = select(CallbackSighting).where(CallbackSighting.kind == kind)
    return session.scalars(query).one()


@pytest.mark.usefixtures("account")
def test_refused_requests_are_noted(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    client.post("/weixin/main?signature=x&timestamp=1&nonce=n", data=b"<xml/>")

    assert sighting(app, session, SightingKind.REFUSED).times == 1


@pytest.mark.usefixtures("account")
def test_verification_from_the_console_is_noted_each_time(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    query = pushes.signed(echostr="5").split("?")[1]

    client.get(f"/weixin/main?{query}")

    assert sighting(app, session, SightingKind.VERIFIED).times == 1


def test_silence_is_said_as_a_suspicion(
    reader: Browser, session: Session, account: Account
) -> None:
    now = clock.utcnow()
    for number in range(1, 8):
        at = now - number * DAY - timedelta(hours=1)
        session.add(
            RawPush(
                account_id=account.id,
                push_key=bytes([number]) * 32,
                kind="event/SCAN",
                happened_at=at,
                received_at=at,
                body=b"x",
            )
        )
    refused = {"kind": SightingKind.REFUSED, "times": 3, "last_at": now - DAY}
    session.add(CallbackSighting(account_id=account.id, **refused))
    session.commit()

    page = sentences(reader.get(PAGE))

    assert "WeChat may have stopped sending pushes." in page
    assert "Refused by us: wrong signature, or not readable" in page
    assert "It is only a suspicion." in page
