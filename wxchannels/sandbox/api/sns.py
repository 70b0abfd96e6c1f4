"""/sns/*: who it was that looked at a page."""

import hmac
from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from flask import request

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.api.gate import Call, Endpoint
from wxchannels.sandbox.api.menus import OK
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.state import current_world
from wxchannels.sandbox.tokens import NOT_LATEST, check_shape
from wxchannels.sandbox.web import TOKEN_SECONDS, USERINFO, WebToken


def account_by_app_id() -> Account:
    """Return the account whose AppID stands in the query."""
    app_id = request.args.get("appid")
    if not app_id:
        raise RefusedError(41002, "appid missing")
    account = current_world().accounts.get(app_id)
    if account is None:
        raise RefusedError(40013, "invalid appid")
    return account


def account_of_visitor() -> Account:
    """Return the account that the visitor's token belongs to."""
    value = check_shape(request.args.get("access_token"))
    for account in current_world().accounts.values():
        if value in account.web.tokens:
            return account
    raise RefusedError(40001, NOT_LATEST)


def check_secret(account: Account, _at: int) -> None:
    """Refuse whoever does not know the account's secret; any address may ask."""
    secret = request.args.get("secret", "")
    if not secret:
        raise RefusedError(41004, "appsecret missing")
    if not hmac.compare_digest(secret.encode(), account.secret.encode()):
        raise RefusedError(40125, "invalid appsecret, view more at http://t.cn/RAEkdVq")


def check_nothing(_account: Account, _at: int) -> None:
    """Let the call through: what it shows is looked at by its answer."""


def exchange(call: Call) -> Mapping[str, Any]:
    """Say whose code it is, once."""
    _check_grant(call, "authorization_code")
    code = call.query.get("code")
    if not code:
        raise RefusedError(41008, "missing code")
    return _describe(*call.account.web.exchange(code, call.at))


def refresh(call: Call) -> Mapping[str, Any]:
    """Give another token of the same person."""
    _check_grant(call, "refresh_token")
    refresh_token = call.query.get("refresh_token", "")
    return _describe(*call.account.web.refresh(refresh_token, call.at))


def show_user(call: Call) -> Mapping[str, Any]:
    """Tell the name and the picture of whoever agreed to it."""
    visit = call.account.web.check(
        call.query["access_token"], call.query.get("openid", ""), call.at
    )
    if visit.scope != USERINFO:
        raise RefusedError(48001, "api unauthorized")
    person = {"openid": visit.openid, "nickname": visit.nickname, "sex": 0}
    places = dict.fromkeys(("province", "city", "country", "headimgurl"), "")
    return {**person, **places, "privilege": []}


def check(call: Call) -> Mapping[str, Any]:
    """Tell whether the token is good."""
    call.account.web.check(
        call.query["access_token"], call.query.get("openid", ""), call.at
    )
    return OK


def _check_grant(call: Call, grant_type: str) -> None:
    if call.query.get("grant_type") != grant_type:
        raise RefusedError(40002, "invalid grant_type")


def _describe(value: str, token: WebToken) -> dict[str, Any]:
    return {
        "access_token": value,
        "expires_in": TOKEN_SECONDS,
        "refresh_token": token.refresh_token,
        "openid": token.visit.openid,
        "scope": token.visit.scope,
        **({"is_snapshotuser": 1} if token.visit.is_snapshot else {}),
    }


GET = HTTPMethod.GET
ENDPOINTS = (
    Endpoint(
        "/sns/oauth2/access_token", GET, exchange, account_by_app_id, check_secret
    ),
    Endpoint(
        "/sns/oauth2/refresh_token", GET, refresh, account_by_app_id, check_nothing
    ),
    Endpoint("/sns/userinfo", GET, show_user, account_of_visitor, check_nothing),
    Endpoint("/sns/auth", GET, check, account_of_visitor, check_nothing),
)
