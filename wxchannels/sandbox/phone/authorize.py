"""The pages of open.weixin.qq.com: who looks, whether they agree, and back."""

import re
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.state import current_world
from wxchannels.sandbox.web import BASE, USERINFO, Visit
from wxchannels.sandbox.world import Person, make_openid

#: Whose phone was looked at last in this browser.
PERSON_COOKIE = "sandbox-person"
#: In this order or not at all. What people choose here comes last.
PATTERN = re.compile(
    r"appid=[^&]+&redirect_uri=[^&]+&response_type=code&scope=[^&]+"
    r"&state=[a-zA-Z0-9]{1,128}(&(forcePopup|forceSnapShot)=true|&connect_redirect=1)*"
    r"(&person=[^&]+)?(&answer=(yes|no))?"
)
#: What WeChat says where a part is missing.
MISSING = {"appid": 10012, "redirect_uri": 10011, "scope": 10010, "state": 10013}

bp = Blueprint("authorize", __name__)


class PageError(Exception):
    """What the person sees instead of the page; nobody else is told."""

    def __init__(self, number: int | None = None) -> None:
        self.number = number
        super().__init__(number)


@bp.get("/connect/oauth2/authorize")
def authorize() -> ResponseReturnValue:
    """Lead back with a code, ask first, or say what is wrong with the address."""
    account = _checked_account()
    person = _person()
    if person is None:
        people = [one for one in current_world().people.values() if one.is_on_phone]
        return _page("who", account, people=people)
    is_preview = account.mischief.snapshot
    answer = request.args.get("answer")
    if request.args["scope"] == USERINFO and not is_preview and answer is None:
        return _page("consent", account, person=person)
    query = {"state": request.args["state"]}
    if answer != "no":
        query = {"code": _make_code(account, person), **query}
    return _lead_back(account, query)


@bp.errorhandler(PageError)
def explain(error: PageError) -> tuple[str, int]:
    """Show WeChat's error page."""
    problem = gettext("WeChat does not open this address.")
    if error.number:
        problem = gettext("Error %(number)s", number=error.number)
    return render_template("sandbox/authorize/problem.html", problem=problem), 400


def _checked_account() -> Account:
    """Return the account that asks, once the address proved right."""
    for name, number in MISSING.items():
        if not request.args.get(name):
            raise PageError(number)
    account = current_world().accounts.get(request.args["appid"])
    if account is None or not PATTERN.fullmatch(request.query_string.decode()):
        raise PageError
    if request.args["scope"] not in {BASE, USERINFO}:
        raise PageError(10005)
    if urlsplit(request.args["redirect_uri"]).netloc != _domain(account):
        raise PageError(10003)
    return account


def _domain(account: Account) -> str:
    """Return the only host that people may be led back to."""
    return account.web_domain or urlsplit(account.product_url).netloc


def _person() -> Person | None:
    people = current_world().people
    named = request.args.get("person") or request.cookies.get(PERSON_COOKIE, "")
    return people.get(named)


def _make_code(account: Account, person: Person) -> str:
    world, scope = current_world(), request.args["scope"]
    with world.changing():
        openid = world.relation(account, person).openid
        visit = Visit(openid, person.name, scope)
        if account.mischief.snapshot:
            nobody = make_openid(account.app_id, f"\0preview {person.person_id}")
            visit = Visit(nobody, gettext("WeChat user"), scope, is_snapshot=True)
        return account.web.make_code(visit, world.clock.seconds())


def _lead_back(account: Account, query: dict[str, str]) -> ResponseReturnValue:
    target = request.args["redirect_uri"]
    address = f"{target}{'&' if '?' in target else '?'}{urlencode(query)}"
    if not account.mischief.code_twice:
        return redirect(address)
    page = render_template("sandbox/authorize/twice.html", address=address)
    # The first fetch is hidden in a picture, which is another host's.
    policy = "default-src 'none'; img-src *"
    return page, {"Content-Security-Policy": policy, "Refresh": f"1; url={address}"}


def _page(name: str, account: Account, **more: object) -> str:
    query = request.query_string.decode()
    address = f"{request.path}?{query}"
    return render_template(
        f"sandbox/authorize/{name}.html", account=account, address=address, **more
    )
