"""/cgi-bin/token and /cgi-bin/stable_token."""

import hmac
from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from flask import request

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.api.gate import Call, Endpoint, read_body
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.state import current_world


def account_in_query() -> Account:
    """Return the account whose AppID stands in the query."""
    return _find(request.args)


def account_in_body() -> Account:
    """Return the account whose AppID stands in the body."""
    if request.method != HTTPMethod.POST:
        raise RefusedError(43002, "require POST method")
    return _find(read_body(request.get_data()))


def _find(given: Mapping[str, Any]) -> Account:
    """Return the account meant, once everything that was given proved right."""
    if given.get("grant_type") != "client_credential":
        raise RefusedError(40002, "invalid grant_type")
    app_id, secret = given.get("appid"), given.get("secret")
    if not app_id:
        raise RefusedError(41002, "appid missing")
    account = current_world().accounts.get(str(app_id))
    if account is None:
        raise RefusedError(40013, "invalid appid")
    if not secret:
        raise RefusedError(41004, "appsecret missing")
    if not hmac.compare_digest(str(secret).encode(), account.secret.encode()):
        raise RefusedError(40125, "invalid appsecret, view more at http://t.cn/RAEkdVq")
    return account


def check_address(account: Account, _at: int) -> None:
    """Refuse an address that is not in the white list; only tokens ask for it."""
    address = request.remote_addr or ""
    if account.allowed_ips and address not in account.allowed_ips:
        raise RefusedError(
            40164, f"invalid ip {address} ipv6 ::ffff:{address}, not in whitelist"
        )


def give_token(call: Call) -> Mapping[str, Any]:
    """Make a new token; the one before lives five minutes more."""
    token = call.account.tokens.mint_plain(call.at)
    return {"access_token": token.value, "expires_in": token.expires_at - call.at}


def give_stable_token(call: Call) -> Mapping[str, Any]:
    """Give the same token as before, unless it ends soon or a new one is forced."""
    force = call.body.get("force_refresh") is True
    token = call.account.tokens.give_stable(call.at, force=force)
    return {"access_token": token.value, "expires_in": token.expires_at - call.at}


ENDPOINTS = (
    Endpoint(
        "/cgi-bin/token", HTTPMethod.GET, give_token, account_in_query, check_address
    ),
    Endpoint(
        "/cgi-bin/stable_token",
        HTTPMethod.POST,
        give_stable_token,
        account_in_body,
        check_address,
    ),
)
