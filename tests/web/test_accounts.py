from collections.abc import Callable, Iterator

import pytest
import responses
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.web.browser import Browser, sentences
from wxchannels.accounts import accounts
from wxchannels.models import Account, AuditEntry, Mode, Role, User

API = "https://api.weixin.qq.com/cgi-bin"
SECRET = "0123456789abcdef0123456789abcdef"
ENTERED = {
    "name": "半亩烘焙",
    "slug": "bake",
    "app_id": "wx0000000000000002",
    "app_secret": SECRET,
    "original_id": "gh_000000000002",
    "token": "Token123",
    "aes_key": factories.AES_KEY,
    "mode": "safe",
    "time_zone": "Asia/Shanghai",
}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def wechat() -> Iterator[responses.RequestsMock]:
    """Stand in for WeChat, which has to be asked for everything that is added."""
    with responses.RequestsMock() as mock:
        yield mock


def give_a_token(wechat: responses.RequestsMock) -> None:
    token = {"access_token": "T" * 100, "expires_in": 7200}
    wechat.post(f"{API}/stable_token", json=token)
    wechat.get(f"{API}/getcallbackip", json={"ip_list": ["1.2.3.4"]})


def refuse_a_token(wechat: responses.RequestsMock, errcode: int, errmsg: str) -> None:
    answer = {"errcode": errcode, "errmsg": errmsg}
    wechat.post(f"{API}/stable_token", json=answer)


def test_list_shows_how_far_each_account_is(
    signed_in: Browser, session: Session
) -> None:
    factories.account(session, slug="bake", name="半亩烘焙", verified_at=factories.NOON)

    page = sentences(signed_in.get("/accounts", headers=ENGLISH))

    assert (
        "半亩茶 wx0123456789abcdef /main Asia/Shanghai Waiting for WeChat 1 / 6" in page
    )
    assert "半亩烘焙 wx-bake /bake Asia/Shanghai Connected 2 / 6" in page


def test_empty_list_leads_to_the_form(browser: Browser, ann: User) -> None:
    del ann
    browser.sign_in()

    page = browser.get("/accounts", headers=ENGLISH)

    assert "No account yet" in page.text
    assert 'href="/accounts/new"' in page.text


def test_connecting_asks_for_a_token_at_once(
    signed_in: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    give_a_token(wechat)

    response = signed_in.send("/accounts/new", **ENTERED)

    account = accounts.get_account(session, "bake")
    assert (response.status_code, response.location) == (302, "/bake/connect")
    assert account.app_secret == SECRET
    assert account.token_checked_at is not None
    assert account.token_error is None


def test_connecting_is_in_the_audit_log_without_secrets(
    signed_in: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    give_a_token(wechat)

    signed_in.send("/accounts/new", **ENTERED)

    connected = select(AuditEntry).where(AuditEntry.action == "account.connect")
    entry = session.scalars(connected).one()
    assert entry.actor == "ann@example.com"
    assert SECRET not in str(entry.details)


def test_wrong_fields_are_all_named_and_what_was_typed_stays(
    signed_in: Browser, session: Session
) -> None:
    entered = {**ENTERED, "slug": "API", "token": "x", "time_zone": "Mars/Olympus"}

    response = signed_in.send("/accounts/new", **entered)

    assert response.status_code == 422
    assert response.text.count('class="err"') == 3
    assert 'value="Mars/Olympus"' in response.text
    assert 'value="wx0000000000000002"' in response.text
    assert [a.slug for a in accounts.list_accounts(session)] == ["main"]


def test_taken_short_name_is_refused_at_its_field(signed_in: Browser) -> None:
    response = signed_in.send("/accounts/new", **{**ENTERED, "slug": "main"})

    assert response.status_code == 422
    assert 'id="slug-e"' in response.text


def test_blanks_that_copying_brings_along_are_dropped(
    signed_in: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    give_a_token(wechat)

    signed_in.send("/accounts/new", **{**ENTERED, "app_id": " wx2\t", "token": "abc "})

    account = accounts.get_account(session, "bake")
    assert (account.app_id, account.token) == ("wx2", "abc")


def test_checklist_says_what_to_enter_where(signed_in: Browser) -> None:
    page = signed_in.get("/main/connect", headers=ENGLISH)

    assert "http://localhost/weixin/main" in page.text
    assert "••••els" in page.text
    assert "1 of 6 done" in page.text
    assert "followers import --account main" in page.text


def test_refused_token_is_said_in_plain_words_with_our_address(
    signed_in: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    refuse_a_token(
        wechat, 40164, "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: x"
    )

    response = signed_in.send("/main/connect/token", page="/main/connect")

    page = signed_in.get("/main/connect", headers=ENGLISH)
    session.expire_all()
    assert response.location == "/main/connect"
    assert "(error 40164). Add 1.2.3.4 to the IP white list" in sentences(page)
    assert accounts.get_account(session, "main").token_errcode == 40164


def test_silent_wechat_fails_the_check_and_nothing_else(
    signed_in: Browser, wechat: responses.RequestsMock
) -> None:
    wechat.post(f"{API}/stable_token", body="<html>502</html>", status=502)

    signed_in.send("/main/connect/token", page="/main/connect")

    page = signed_in.get("/main/connect", headers=ENGLISH)
    assert "WeChat does not answer" in sentences(page)


def test_steps_tick_themselves(
    signed_in: Browser, session: Session, account: Account
) -> None:
    before = signed_in.get("/main/connect", headers={"HX-Request": "true"})
    account.verified_at = account.first_push_at = factories.NOON
    session.commit()

    after = signed_in.get("/main/connect", headers={**ENGLISH, "HX-Request": "true"})

    assert "<html" not in after.text
    assert 'hx-trigger="every 5s' in before.text
    assert before.text.count('<li class="ok"') == 1
    assert after.text.count('<li class="ok"') == 3
    assert "3 of 6 done" in after.text
    assert "HX-Request" in after.headers["Vary"]


def test_complete_checklist_stops_asking(
    signed_in: Browser, session: Session, account: Account
) -> None:
    account.verified_at = account.first_push_at = factories.NOON
    account.token_checked_at = account.followers_imported_at = factories.NOON
    factories.channel(session)

    page = signed_in.get("/main/connect", headers=ENGLISH)

    assert "Everything is connected." in page.text
    assert "hx-get" not in page.text


def test_settings_never_show_a_secret(signed_in: Browser) -> None:
    page = signed_in.get("/main/settings").text

    assert factories.AES_KEY not in page
    assert "an app secret" not in page
    assert f'value="{factories.TOKEN}"' not in page
    assert f'value="{factories.APP_ID}"' in page


def test_settings_left_empty_stay(signed_in: Browser, session: Session) -> None:
    entered = {
        "name": "新名字",
        "app_id": factories.APP_ID,
        "original_id": factories.ORIGINAL_ID,
        "mode": "compatible",
        "time_zone": "Asia/Shanghai",
        "app_secret": "",
        "token": "",
        "aes_key": "",
    }

    response = signed_in.send("/main/settings", **entered)

    session.expire_all()
    account = accounts.get_account(session, "main")
    assert response.status_code == 302
    assert (account.name, account.mode) == ("新名字", Mode.COMPATIBLE)
    assert account.token == factories.TOKEN
    assert account.app_secret == "an app secret"
    entry = session.scalars(select(AuditEntry).filter_by(action="account.edit")).one()
    assert entry.details == {"settings": ["name", "mode"]}


def test_new_secret_is_tried_at_once(
    signed_in: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    refuse_a_token(wechat, 40125, "invalid appsecret")
    entered = {**ENTERED, "app_id": factories.APP_ID, "app_secret": "new"}

    signed_in.send("/main/settings", **entered)

    session.expire_all()
    assert accounts.get_account(session, "main").token_errcode == 40125
    entry = session.scalars(select(AuditEntry).filter_by(action="account.edit")).one()
    assert "app_secret" in entry.details["settings"]
    assert "new" not in str(entry.details)


def test_bad_settings_change_nothing(signed_in: Browser, session: Session) -> None:
    response = signed_in.send("/main/settings", **{**ENTERED, "aes_key": "short"})

    session.expire_all()
    assert response.status_code == 422
    assert accounts.get_account(session, "main").name == "半亩茶"


PAGES = ("/main/connect", "/main/settings", "/main/keys", "/main/replies")


@pytest.mark.parametrize("address", ["/accounts", "/accounts/new", *PAGES])
def test_pages_ask_strangers_to_sign_in(
    browser: Browser, account: Account, address: str
) -> None:
    del account

    response = browser.get(address)

    assert response.status_code == 302
    assert response.location.startswith("/sign-in")


@pytest.mark.parametrize(
    ("role", "seen"), [(Role.STAFF, ["/main/replies"]), (Role.MANAGER, [])]
)
def test_pages_do_not_exist_for_who_may_not(
    browser: Browser,
    admit: Callable[..., User],
    account: Account,
    role: Role,
    seen: list[str],
) -> None:
    del account
    admit("bo@example.com", role)
    browser.sign_in("bo@example.com")

    found = {
        address: browser.get(address).status_code
        for address in ("/accounts", "/accounts/new", *PAGES)
    }

    assert [address for address, status in found.items() if status == 200] == seen
    assert {status for status in found.values() if status != 200} <= {404}


def test_administrator_of_one_account_does_not_connect_others(
    browser: Browser, admit: Callable[..., User], session: Session, account: Account
) -> None:
    bo = admit("bo@example.com", role=None)
    factories.membership(session, bo, account, Role.ADMIN)
    browser.sign_in("bo@example.com")

    assert browser.get("/main/connect").status_code == 200
    assert browser.get("/accounts").status_code == 404
