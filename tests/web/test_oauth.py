"""`/empower`, WeChat and `/auth`: the journey, and all that goes wrong on the way."""

import re
import threading
from collections.abc import Iterator
from contextvars import Context
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.applications import statements
from tests.web.api.conftest import Program, new_program
from tests.web.browser import Browser, sentences
from tests.web.oauth_world import (
    SHOP,
    Phone,
    new_phone,
    open_wechat,
    query_of,
    settings_for,
)
from wxchannels import clock
from wxchannels.models import Account, AuthorizationState, WebAuthorization
from wxchannels.sandbox.remote import Sandbox

EXCHANGE = "/sns/oauth2/access_token"
STATE = re.compile(r"[0-9a-f]{32,128}")
ENDED = "another browser"
Json = dict[str, Any]


@pytest.fixture
def settings(settings: dict[str, str], wechat_url: str) -> dict[str, str]:
    return {**settings, **settings_for(wechat_url)}


@pytest.fixture
def sandbox(wechat_url: str) -> Iterator[Sandbox]:
    with open_wechat(wechat_url, anna="小满", bo="阿波") as sandbox:
        yield sandbox


@pytest.fixture
def phone(app: Flask, sandbox: Sandbox) -> Phone:
    return new_phone(app, sandbox)


@pytest.fixture
def shop(session: Session) -> Account:
    return factories.account(session, return_addresses=[SHOP])


def only(session: Session) -> WebAuthorization:
    session.rollback()
    session.expire_all()
    return session.scalars(select(WebAuthorization)).one()


def link(return_url: str = f"{SHOP}/in?from=menu", scope: str = "snsapi_base") -> str:
    return f"/empower/main?scope={scope}&return_url={quote(return_url, safe='')}"


def begin(app: Flask, session: Session, shop: Account) -> tuple[Program, Json]:
    """Have a program begin an authorization."""
    program = new_program(app, session, shop)
    body = {"scope": "snsapi_userinfo", "return_url": f"{SHOP}/in?from=cart"}
    answer = program.post("/authorizations", **body)
    assert answer.status_code == 201
    return program, answer.get_json()


@pytest.mark.parametrize("path", ["/empower", "/empower/main", "/empower?account=main"])
def test_browser_is_sent_to_wechat_as_wechat_wants_it(
    phone: Phone, account: Account, path: str
) -> None:
    address = phone.to_wechat(path)

    pattern = (
        rf"{phone.sandbox.base_url}/connect/oauth2/authorize\?appid={account.app_id}"
        r"&redirect_uri=http%3A%2F%2Flocalhost%2Fauth&response_type=code"
        r"&scope=snsapi_base&state=([0-9a-f]{64})#wechat_redirect"
    )
    assert re.fullmatch(pattern, address)


def test_state_and_cookie_are_random_and_the_cookie_is_guarded(
    phone: Phone, account: Account
) -> None:
    del account

    answers = [phone.browser.get("/empower") for _ in range(2)]

    states = {
        query_of(answer.location.partition("#")[0])["state"] for answer in answers
    }
    assert len(states) == 2
    assert all(STATE.fullmatch(state) for state in states)
    cookie = answers[0].headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_trial_ends_on_a_page_of_ours_at_a_clean_address(
    phone: Phone, account: Account
) -> None:
    del account

    answer = phone.open("/empower")

    assert (answer.status_code, answer.location) == (302, "/auth/main")
    with statements() as asked:
        page = phone.browser.get(answer.location)
    assert "BEGIN IMMEDIATE" not in asked
    openid = str(phone.sandbox.person("anna")["openid"])
    assert openid[-4:] in sentences(page)
    assert openid not in page.text


def test_shop_gets_its_own_address_back_with_a_ticket(
    phone: Phone, shop: Account
) -> None:
    del shop

    answer = phone.open(link())

    assert answer.location.startswith(f"{SHOP}/in?from=menu&authorization=")
    told = query_of(answer.location)
    assert len(told["authorization"]) >= 32
    assert set(told) == {"from", "authorization"}
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_program_learns_once_who_looked_at_its_page(
    app: Flask, session: Session, phone: Phone, shop: Account
) -> None:
    program, begun = begin(app, session, shop)

    answer = phone.open(begun["url"].removeprefix("http://localhost"))

    told = query_of(answer.location)
    assert told["from"] == "cart"
    redeemed = program.post(
        "/authorizations/redeem", ticket=told["authorization"]
    ).get_json()
    assert redeemed["id"] == begun["id"]
    assert redeemed["openid"] == phone.sandbox.person("anna")["openid"]
    assert redeemed["nickname"] == "小满"
    again = program.post("/authorizations/redeem", ticket=told["authorization"])
    assert again.status_code == 404


def test_what_a_program_began_is_finished_by_one_browser(
    app: Flask, session: Session, phone: Phone, shop: Account
) -> None:
    _, begun = begin(app, session, shop)
    path = begun["url"].removeprefix("http://localhost")
    other = new_phone(app, phone.sandbox, "bo")
    looked_at = other.at_wechat(other.to_wechat(path))

    first = phone.open(path)
    opened_again = phone.browser.get(path)
    late = other.browser.get(looked_at)
    later = other.browser.get(path)

    assert first.location.startswith(f"{SHOP}/in?from=cart&authorization=")
    assert opened_again.location == first.location
    assert (late.status_code, later.status_code) == (400, 400)


def test_handle_opens_nothing_at_another_account(
    app: Flask, session: Session, phone: Phone, shop: Account
) -> None:
    _, begun = begin(app, session, shop)
    factories.account(session, slug="other")

    assert phone.browser.get(f"/empower/other/{begun['id']}").status_code == 400
    assert phone.browser.get(f"/empower/main/{'0' * 32}").status_code == 400


def test_second_copy_of_what_wechat_brings_finds_the_result(
    phone: Phone, shop: Account
) -> None:
    del shop
    back = phone.at_wechat(phone.to_wechat(link()))

    first, second = phone.browser.get(back), phone.browser.get(back)

    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    assert phone.sandbox.calls()[EXCHANGE] == 1


def test_two_copies_at_the_same_time_ask_wechat_once(
    app: Flask, phone: Phone, shop: Account
) -> None:
    del shop
    back = phone.at_wechat(phone.to_wechat(link()))
    cookie = phone.browser.get_cookie("wechat-browser")
    assert cookie
    phone.sandbox.fault(EXCHANGE, "latency", seconds=0.5)
    found: list[str] = []

    def fetch() -> None:
        browser = Browser(app)
        browser.set_cookie("wechat-browser", cookie.value)
        found.append(browser.get(back).location)

    copies = [threading.Thread(target=Context().run, args=(fetch,)) for _ in range(3)]
    with statements() as asked:
        for copy in copies:
            copy.start()
        for copy in copies:
            copy.join()

    assert len(found) == 3
    # Who waits reads only.
    assert asked.count("BEGIN IMMEDIATE") <= 6
    assert set(found) == {found[0]}
    assert "authorization=" in found[0]
    assert phone.sandbox.calls()[EXCHANGE] == 1


def test_stolen_state_opens_nothing_in_another_browser(
    app: Flask, session: Session, phone: Phone, shop: Account
) -> None:
    del shop
    back = phone.at_wechat(phone.to_wechat(link()))
    thief = new_phone(app, phone.sandbox, "bo")
    thief.to_wechat(link())

    stolen = thief.browser.get(back)

    assert stolen.status_code == 400
    assert ENDED in sentences(stolen)
    assert EXCHANGE not in phone.sandbox.calls()
    assert phone.browser.get(back).location.startswith(SHOP)
    replayed = thief.browser.get(back)
    assert replayed.status_code == 400
    del session


def test_victim_cannot_be_sent_on_with_a_code_of_the_attackers(
    app: Flask, phone: Phone, shop: Account
) -> None:
    del shop
    attacker = new_phone(app, phone.sandbox, "bo")
    back = attacker.at_wechat(attacker.to_wechat(link()))

    answer = phone.browser.get(back)

    assert answer.status_code == 400
    assert EXCHANGE not in phone.sandbox.calls()


@pytest.mark.parametrize(
    "query", ["", "code=c", "state=", "code=c&state=x", f"code=c&state={'0' * 64}"]
)
def test_made_up_state_is_told_plainly(
    phone: Phone, account: Account, query: str
) -> None:
    del account
    phone.to_wechat("/empower")

    answer = phone.browser.get(f"/auth?{query}")

    assert answer.status_code == 400
    assert ENDED in sentences(answer)
    assert EXCHANGE not in phone.sandbox.calls()


def test_state_ends_after_ten_minutes(
    session: Session, phone: Phone, shop: Account
) -> None:
    del shop
    back = phone.at_wechat(phone.to_wechat(link()))
    row = only(session)
    assert row.expires_at - row.created_at == timedelta(minutes=10)
    session.execute(update(WebAuthorization).values(expires_at=clock.utcnow()))
    session.commit()

    answer = phone.browser.get(back)

    assert answer.status_code == 400
    assert EXCHANGE not in phone.sandbox.calls()


def test_refusal_leads_back_with_an_error(phone: Phone, shop: Account) -> None:
    del shop

    answer = phone.open(link(scope="snsapi_userinfo"), agrees=False)

    assert query_of(answer.location) == {
        "from": "menu",
        "authorization_error": "access_denied",
    }
    assert EXCHANGE not in phone.sandbox.calls()


def test_code_that_is_too_old_sends_the_browser_again_once(
    phone: Phone, shop: Account
) -> None:
    del shop
    back = phone.at_wechat(phone.to_wechat(link()))
    phone.sandbox.clock(advance=301)

    again = phone.browser.get(back)

    assert again.status_code == 302
    fresh = phone.browser.get(phone.at_wechat(again.location))
    assert "authorization=" in fresh.location
    assert phone.browser.get(back).status_code == 400


@pytest.mark.parametrize("errcode", [40029, 40163])
def test_browser_is_not_sent_round_and_round(
    phone: Phone, shop: Account, errcode: int
) -> None:
    del shop
    phone.sandbox.fault(EXCHANGE, code=errcode, times=None)

    again = phone.open(link())
    last = phone.browser.get(phone.at_wechat(again.location))

    assert query_of(last.location)["authorization_error"] == "server_error"
    assert phone.sandbox.calls()[EXCHANGE] == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "errcode", "code": 40125},
        {"kind": "http", "code": 502},
        {"kind": "html"},
        {"kind": "drop"},
    ],
    ids=str,
)
def test_wechat_that_does_not_tell_leads_back_with_an_error(
    phone: Phone, shop: Account, fault: dict[str, object]
) -> None:
    del shop
    phone.sandbox.fault(EXCHANGE, times=None, **fault)  # type: ignore[arg-type]

    answer = phone.open(link())

    assert query_of(answer.location)["authorization_error"] == "server_error"


def test_person_of_a_preview_is_kept_nowhere_and_the_real_one_is(
    session: Session, phone: Phone, shop: Account
) -> None:
    del shop
    phone.sandbox.mischief(snapshot=True)
    back = phone.at_wechat(phone.to_wechat(link(scope="snsapi_userinfo")))

    preview = phone.browser.get(back)

    assert preview.status_code == 200
    assert "使用完整服务" in preview.text
    row = only(session)
    assert (row.state, row.person) == (AuthorizationState.PENDING, None)
    phone.sandbox.mischief(snapshot=False)
    reloaded = phone.browser.get(back)
    answer = phone.browser.get(phone.at_wechat(reloaded.location))
    assert "authorization=" in answer.location
    assert phone.sandbox.calls()[EXCHANGE] == 2


def test_preview_that_wechat_forgot_to_mark_is_one_all_the_same(
    session: Session, phone: Phone, shop: Account
) -> None:
    del shop
    phone.sandbox.fault("/sns/userinfo", code=48001)

    answer = phone.open(link(scope="snsapi_userinfo"))

    assert "使用完整服务" in answer.text
    assert only(session).person is None


def test_person_is_sealed_and_no_secret_is_kept_in_the_clear(
    session: Session, phone: Phone, shop: Account
) -> None:
    del shop
    back = phone.at_wechat(phone.to_wechat(link(scope="snsapi_userinfo")))
    answer = phone.browser.get(back)

    stored = session.connection().exec_driver_sql("SELECT * FROM web_authorization")

    row = repr(stored.all())
    told, brought = query_of(answer.location), query_of(back)
    openid = str(phone.sandbox.person("anna")["openid"])
    cookie = phone.browser.get_cookie("wechat-browser")
    assert cookie
    secrets = [*brought.values(), told["authorization"], openid, "小满", cookie.value]
    assert [secret for secret in secrets if secret in row] == []
    session.rollback()


@pytest.mark.parametrize(
    "return_url",
    [
        "https://evil.example/in",
        "https://shop.example.evil.example/",
        "http://shop.example/",
        "//shop.example/",
        "/main/settings",
        "javascript:alert(1)",
    ],
)
def test_people_are_handed_over_only_to_listed_addresses(
    session: Session, phone: Phone, shop: Account, return_url: str
) -> None:
    del shop

    answer = phone.browser.get(link(return_url))

    assert answer.status_code == 422
    assert "return_url" in sentences(answer)
    assert "Location" not in answer.headers
    assert session.scalars(select(WebAuthorization)).all() == []


@pytest.mark.parametrize("scope", ["snsapi_login", "snsapi_base&x=1", "SNSAPI_BASE"])
def test_other_scopes_do_not_exist(phone: Phone, shop: Account, scope: str) -> None:
    del shop

    answer = phone.browser.get(link(scope=quote(scope)))

    assert answer.status_code == 422


def test_several_accounts_have_to_be_named(
    session: Session, phone: Phone, account: Account
) -> None:
    other = factories.account(session, slug="other")
    del account

    assert phone.browser.get("/empower").status_code == 404
    assert phone.browser.get("/empower/nobody").status_code == 404
    named = phone.browser.get(f"/empower?account={other.slug}")
    assert parse_qs(urlsplit(named.location).query)["appid"] == [other.app_id]


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_only_a_browser_that_opens_the_page_takes_a_step(
    session: Session, phone: Phone, account: Account, method: str
) -> None:
    del account

    answer = phone.browser.open("/empower", method=method)

    assert answer.status_code in {200, 400, 405}
    assert "Location" not in answer.headers
    assert session.scalars(select(WebAuthorization)).all() == []


def test_pages_speak_the_readers_language(phone: Phone, account: Account) -> None:
    del account
    phone.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"

    answer = phone.browser.get("/auth?code=c&state=x")

    assert "回到原来的页面" in answer.text
