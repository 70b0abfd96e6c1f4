"""What every call of the platform passes: faults, verb, token, body, quota."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any

from flask import Blueprint, Response, request

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.api import broken
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.state import current_world
from wxchannels.sandbox.tokens import NOT_LATEST, check_shape

CONTENT_TYPE = "application/json; encoding=utf-8"


@dataclass(frozen=True)
class Call:
    """One call that got through the gate."""

    account: Account
    at: int
    query: Mapping[str, str]
    body: Mapping[str, Any]
    raw: bytes


def account_of_token() -> Account:
    """Return the account the token belongs to, dead or alive."""
    value = check_shape(request.args.get("access_token"))
    for account in current_world().accounts.values():
        if account.tokens.knows(value):
            return account
    raise RefusedError(40001, NOT_LATEST)


def check_token(account: Account, at: int) -> None:
    """Refuse a token that works no longer."""
    account.tokens.check(request.args["access_token"], at)


@dataclass(frozen=True)
class Endpoint:
    """One path of the platform: its verb, who may call it, what it does."""

    path: str
    verb: HTTPMethod
    answer: Callable[[Call], Mapping[str, Any]]
    find_account: Callable[[], Account] = account_of_token
    check: Callable[[Account, int], None] = check_token

    def bind(self, blueprint: Blueprint) -> None:
        """Answer at the path for either verb: a wrong one has an errcode too."""
        blueprint.add_url_rule(
            self.path,
            endpoint=self.path.replace("/", "_"),
            view_func=self.view,
            methods=["GET", "POST"],
        )

    def view(self) -> Response:
        """Answer one call, or break in the way that was asked for."""
        world = current_world()
        faults = []
        try:
            with world.changing():
                account = self.find_account()
                account.calls[self.path] = account.calls.get(self.path, 0) + 1
                faults = account.faults.take(self.path)
            broken.wait(faults)
            with world.changing():
                answer = self._pass(account, world.clock.seconds(), faults)
        except RefusedError as error:
            answer = {
                "errcode": error.errcode,
                "errmsg": f"{error.errmsg} rid: {_rid()}",
            }
        return broken.spoil(faults, _respond(answer))

    def _pass(
        self, account: Account, at: int, faults: broken.Faults
    ) -> Mapping[str, Any]:
        """Check the call from the outside to the inside, then answer it."""
        broken.refuse(faults)
        if request.method != self.verb:
            errcode = 43001 if self.verb is HTTPMethod.GET else 43002
            raise RefusedError(errcode, f"require {self.verb} method")
        self.check(account, at)
        raw = request.get_data()
        body = read_body(raw) if self.verb is HTTPMethod.POST else {}
        account.quota.spend(self.path, at)
        return self.answer(Call(account, at, request.args, body, raw))


def read_body(raw: bytes) -> dict[str, Any]:
    """Return the JSON object that was sent."""
    if not raw:
        raise RefusedError(44002, "empty post data")
    try:
        body = json.loads(raw)
    except ValueError:
        raise RefusedError(47001, "data format error") from None
    if not isinstance(body, dict):
        raise RefusedError(47001, "data format error")
    return body


def _respond(answer: Mapping[str, Any]) -> Response:
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return Response(body, content_type=CONTENT_TYPE)


def _rid() -> str:
    """Return a request id in the newest of WeChat's styles."""
    return "-".join(secrets.token_hex(4) for _ in range(3))
