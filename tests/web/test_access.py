"""Rights, walked route by route: a new page is looked at here by itself."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests import factories
from tests.web.browser import Browser, hidden_fields, sentences
from wxchannels.models import Account, Role, User
from wxchannels.web.auth.blueprint import PUBLIC

#: What anybody may ask for. Everything else is for users or for programs with a key.
OPEN = PUBLIC | {
    "static",
    "home.show",
    "preferences.update",
    "api-docs.openapi_json",
    "health.alive",
    "health.ready",
    # People inside WeChat; each is told apart by a cookie of its own.
    "domain_file.show",
    "oauth.start_for_only_account",
    "oauth.start",
    "oauth.open_handle",
    "oauth.come_back",
    "oauth.show_trial",
    "pictures.show",
    "pictures.show_of_only_account",
    "binding_page.show",
    "binding_page.show_picture",
    "binding_confirm.show",
    "binding_confirm.decide",
    "phone_confirm.show",
    "phone_confirm.decide",
}
#: Blueprints that only administrators of the installation, or of an account, see.
OF_THE_INSTALLATION = {"users", "accounts"}
OF_AN_ACCOUNT = {"audit", "connection"}
REFUSED = {302, 401, 403, 404}
VALUES = {
    "slug": "main",
    "scene": "counter",
    "secret": "anything",
    "handle": "anything",
    "way": "up",
    "state": "on",
    "filename": "icon.svg",
    "kind": "png",
    "extension": "png",
}
#: Not from the server's own host, which may read its metrics.
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}
SAFE = {"GET", "HEAD", "OPTIONS"}


def calls(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Return each route with a method and an address to ask it at."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: VALUES.get(name, 1) for name in rule.arguments}
        address = adapter.build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, address


def ask(browser: Browser, method: str, address: str, token: str) -> int:
    with browser.open(
        address,
        method=method,
        headers={"X-CSRFToken": token},
        environ_overrides=ELSEWHERE,
    ) as response:
        status: int = response.status_code
    return status


def token_for(browser: Browser, page: str) -> str:
    return hidden_fields(browser.get(page))["csrf_token"]


def blueprint_of(rule: Rule) -> str:
    name: str = rule.endpoint
    return name.rpartition(".")[0].partition(".")[0]


@pytest.fixture
def enter(browser: Browser, admit: Callable[..., User]) -> Callable[[Role], str]:
    """Return a function that signs somebody with a role in and returns a token."""

    def _enter(role: Role) -> str:
        admit(role=role)
        browser.sign_in()
        return token_for(browser, "/profile")

    return _enter


def test_strangers_are_refused_everywhere_but_where_anybody_may_go(
    app: Flask, browser: Browser, account: Account
) -> None:
    del account
    token = token_for(browser, "/sign-in")

    reached = [
        (rule.endpoint, method)
        for rule, method, address in calls(app)
        if rule.endpoint not in OPEN
        and ask(browser, method, address, token) not in REFUSED
    ]

    assert reached == []


def test_list_of_what_is_open_names_only_what_there_is(app: Flask) -> None:
    assert set(app.view_functions) >= OPEN


def test_administrator_of_one_account_does_not_run_the_installation(
    app: Flask,
    browser: Browser,
    session: Session,
    admit: Callable[..., User],
    account: Account,
) -> None:
    factories.membership(session, admit(role=Role.STAFF), account, Role.ADMIN)
    browser.sign_in()
    token = token_for(browser, "/profile")

    reached = {
        (rule.endpoint, method): code
        for rule, method, address in calls(app)
        if blueprint_of(rule) in OF_THE_INSTALLATION
        and (code := ask(browser, method, address, token)) != 404
    }

    assert reached == {}
    assert browser.get("/main/settings").status_code == 200


@pytest.mark.parametrize("role", [Role.STAFF, Role.MANAGER])
def test_administration_does_not_exist_for_others(
    app: Flask,
    browser: Browser,
    account: Account,
    enter: Callable[[Role], str],
    role: Role,
) -> None:
    del account
    token = enter(role)

    answers = {
        (rule.endpoint, method): ask(browser, method, address, token)
        for rule, method, address in calls(app)
        if blueprint_of(rule) in OF_THE_INSTALLATION | OF_AN_ACCOUNT
    }

    assert answers
    assert {key: code for key, code in answers.items() if code != 404} == {}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("/main/channels/new", "not change them"),
        ("/main/menus/delete", "not change it"),
        ("/main/settings", "this account’s administrators"),
        ("/users", "system administrators"),
        ("/accounts", "system administrators"),
    ],
)
def test_whoever_may_see_the_account_is_told_which_right_is_missing(
    browser: Browser,
    account: Account,
    enter: Callable[[Role], str],
    page: str,
    said: str,
) -> None:
    enter(Role.MANAGER)
    browser.set_cookie("lang", "en")

    answer = browser.get(page)

    assert answer.status_code == 404
    assert said in sentences(answer)
    assert account.name in sentences(answer)
    assert 'class="shell"' in answer.text


def test_managers_change_nothing_of_an_account(
    app: Flask, browser: Browser, account: Account, enter: Callable[[Role], str]
) -> None:
    del account
    token = enter(Role.MANAGER)

    changed = {
        (rule.endpoint, method): code
        for rule, method, address in calls(app)
        if "slug" in rule.arguments
        and method not in SAFE
        and rule.endpoint not in OPEN
        and (code := ask(browser, method, address, token)) != 404
    }

    assert changed == {}


@pytest.mark.parametrize("role", list(Role))
def test_foreign_accounts_do_not_exist(
    app: Flask,
    browser: Browser,
    session: Session,
    admit: Callable[..., User],
    account: Account,
    role: Role,
) -> None:
    mine = factories.account(session, slug="mine", name="Mine")
    user = admit(role=None)
    factories.membership(session, user, mine, role)
    browser.sign_in()
    token = token_for(browser, "/profile")
    del account

    reached = {
        (rule.endpoint, method): code
        for rule, method, address in calls(app)
        if "slug" in rule.arguments
        and rule.endpoint not in OPEN
        and (code := ask(browser, method, address, token)) != 404
    }

    assert reached == {}


def test_writing_without_our_own_form_is_refused_everywhere(
    app: Flask, signed_in: Browser
) -> None:
    accepted = {
        (rule.endpoint, method): code
        for rule, method, address in calls(app)
        if method not in SAFE
        and not address.startswith(("/weixin", "/api/"))
        and (code := ask(signed_in, method, address, "")) != 400
    }

    assert accepted == {}


def test_slug_that_is_not_there_looks_like_one_that_is(
    browser: Browser, account: Account
) -> None:
    del account

    known = browser.get("/main/channels")
    unknown = browser.get("/unknown/channels")

    assert (known.status_code, unknown.status_code) == (302, 302)
    assert unknown.location == "/sign-in?next=/unknown/channels"
