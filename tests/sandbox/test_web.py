"""Web authorization as the simulated platform answers it."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from tests.sandbox.platform import APP_ID, SECRET
from wxchannels.sandbox.remote import Sandbox, SandboxRefusedError
from wxchannels.sandbox.web import CODE_SECONDS, REFRESH_SECONDS, TOKEN_SECONDS

BACK = "https://wx.example/auth"
IDENTITY = {"appid": APP_ID, "secret": SECRET, "grant_type": "authorization_code"}


@pytest.fixture(autouse=True)
def people(sandbox: Sandbox) -> None:
    sandbox.open_account(web_domain="wx.example")
    sandbox.name_person("anna", "小满")


def page(sandbox: Sandbox, **changes: str) -> str:
    parts = {
        "appid": APP_ID,
        "redirect_uri": quote(BACK, safe=""),
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        **changes,
    }
    query = "&".join(f"{name}={value}" for name, value in parts.items())
    return f"{sandbox.base_url}/connect/oauth2/authorize?{query}#wechat_redirect"


def code_of(sandbox: Sandbox, **changes: str) -> str:
    back = sandbox.authorize("anna", page(sandbox, **changes))
    return parse_qs(urlsplit(back).query)["code"][0]


def sns(sandbox: Sandbox, path: str, **query: str) -> dict[str, Any]:
    url = f"{sandbox.base_url}/sns/{path}"
    return dict(requests.get(url, params=query, timeout=10).json())


def token_of(sandbox: Sandbox, **changes: str) -> dict[str, Any]:
    code = code_of(sandbox, **changes)
    return sns(sandbox, "oauth2/access_token", **IDENTITY, code=code)


def test_code_is_brought_back_with_the_state(sandbox: Sandbox) -> None:
    back = sandbox.authorize("anna", page(sandbox))

    assert back.startswith(f"{BACK}?code=")
    assert back.endswith("&state=s1")
    token = token_of(sandbox)
    assert token["openid"] == sandbox.person("anna")["openid"]
    assert "is_snapshotuser" not in token


def test_parameters_in_another_order_open_no_page(sandbox: Sandbox) -> None:
    good = page(sandbox)
    swapped = good.replace("appid=", "x=").replace("state=s1", f"appid={APP_ID}")
    reordered = good.replace(
        "response_type=code&scope=snsapi_base", "scope=snsapi_base&response_type=code"
    )

    for address in (swapped, reordered, good.replace("s1", "s-1")):
        with pytest.raises(SandboxRefusedError, match="400"):
            sandbox.authorize("anna", address)


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        (
            {"redirect_uri": quote("https://wx.example.evil.example/auth", safe="")},
            10003,
        ),
        ({"redirect_uri": quote("https://www.wx.example/auth", safe="")}, 10003),
        ({"scope": "snsapi_login"}, 10005),
        ({"scope": ""}, 10010),
        ({"redirect_uri": ""}, 10011),
        ({"appid": ""}, 10012),
        ({"state": ""}, 10013),
    ],
)
def test_person_sees_what_is_wrong(
    sandbox: Sandbox, changes: dict[str, str], number: int
) -> None:
    with pytest.raises(SandboxRefusedError, match=str(number)):
        sandbox.authorize("anna", page(sandbox, **changes))


def test_stranger_is_asked_who_they_are_and_everybody_for_their_name(
    sandbox: Sandbox,
) -> None:
    address = page(sandbox, scope="snsapi_userinfo").partition("#")[0]

    who = requests.get(address, timeout=10)
    consent = requests.get(address, cookies={"sandbox-person": "anna"}, timeout=10)

    assert "小满" in who.text
    assert "answer=yes" not in who.text
    assert "answer=yes" in consent.text


def test_whose_phone_was_looked_at_opens_the_links_of_its_chat(
    sandbox: Sandbox,
) -> None:
    with requests.Session() as browser:
        browser.get(f"{sandbox.base_url}/", params={"person": "anna"}, timeout=10)
        opened = browser.get(
            page(sandbox).partition("#")[0], allow_redirects=False, timeout=10
        )

    assert opened.headers["Location"].startswith(f"{BACK}?code=")


def test_refusal_brings_no_code(sandbox: Sandbox) -> None:
    address = page(sandbox, scope="snsapi_userinfo")

    back = sandbox.authorize("anna", address, agrees=False)

    assert back == f"{BACK}?state=s1"


def test_code_works_once_and_for_five_minutes(sandbox: Sandbox) -> None:
    used, old = code_of(sandbox), code_of(sandbox)
    ask = {**IDENTITY}
    sns(sandbox, "oauth2/access_token", **ask, code=used)

    answers = [sns(sandbox, "oauth2/access_token", **ask, code=used)]
    sandbox.clock(advance=CODE_SECONDS)
    answers.append(sns(sandbox, "oauth2/access_token", **ask, code=old))
    answers.append(sns(sandbox, "oauth2/access_token", **ask, code="made-up"))
    answers.append(sns(sandbox, "oauth2/access_token", **ask))

    codes = [answer["errcode"] for answer in answers]
    assert codes == [40163, 42003, 40029, 41008]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": ""}, 41002),
        ({"appid": "wx-other"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "client_credential"}, 40002),
    ],
)
def test_exchange_knows_who_asks(
    sandbox: Sandbox, changes: dict[str, str], errcode: int
) -> None:
    query = {**IDENTITY, "code": code_of(sandbox), **changes}

    assert sns(sandbox, "oauth2/access_token", **query)["errcode"] == errcode


def test_code_of_one_account_says_nothing_to_another(sandbox: Sandbox) -> None:
    other = Sandbox(sandbox.base_url, "wx-other")
    other.open_account(secret="other")
    query = {**IDENTITY, "appid": "wx-other", "secret": "other"}

    answer = sns(sandbox, "oauth2/access_token", **query, code=code_of(sandbox))

    assert answer["errcode"] == 40029


def test_name_is_told_to_whoever_asked_for_it(sandbox: Sandbox) -> None:
    agreed, silent = token_of(sandbox, scope="snsapi_userinfo"), token_of(sandbox)

    def user(token: dict[str, Any], openid: str = "") -> dict[str, Any]:
        return sns(
            sandbox,
            "userinfo",
            access_token=token["access_token"],
            openid=openid or token["openid"],
        )

    assert user(agreed)["nickname"] == "小满"
    assert user(silent)["errcode"] == 48001
    assert user(agreed, "o-else")["errcode"] == 40003
    assert user({"access_token": "no-such-token", "openid": "o"})["errcode"] == 40001


def test_tokens_age(sandbox: Sandbox) -> None:
    token = token_of(sandbox)
    fresh = {
        "appid": APP_ID,
        "grant_type": "refresh_token",
        "refresh_token": token["refresh_token"],
    }
    seen = {"access_token": token["access_token"], "openid": token["openid"]}
    assert sns(sandbox, "auth", **seen)["errcode"] == 0

    sandbox.clock(advance=TOKEN_SECONDS)

    assert sns(sandbox, "auth", **seen)["errcode"] == 42001
    assert sns(sandbox, "oauth2/refresh_token", **fresh)["openid"] == token["openid"]
    sandbox.clock(advance=REFRESH_SECONDS)
    assert sns(sandbox, "oauth2/refresh_token", **fresh)["errcode"] == 42002
    unknown = {**fresh, "refresh_token": "none"}
    assert sns(sandbox, "oauth2/refresh_token", **unknown)["errcode"] == 40030


def test_preview_shows_the_page_to_nobody(sandbox: Sandbox) -> None:
    sandbox.mischief(snapshot=True)

    token = token_of(sandbox, scope="snsapi_userinfo")

    assert token["is_snapshotuser"] == 1
    assert token["openid"] != sandbox.person("anna")["openid"]


def test_code_is_brought_twice_on_demand(sandbox: Sandbox) -> None:
    sandbox.mischief(code_twice=True)
    address = page(sandbox).partition("#")[0]

    shown = requests.get(f"{address}&person=anna", timeout=10)

    picture, then = shown.text, shown.headers["Refresh"]
    assert then.startswith(f"1; url={BACK}?code=")
    assert then.removeprefix("1; url=").replace("&", "&amp;") in picture
    assert "img-src *" in shown.headers["Content-Security-Policy"]
