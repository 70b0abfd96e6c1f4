"""The platform's console: saving the server's address and token."""

import secrets
from dataclasses import dataclass

import requests

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.wire import with_query
from wxchannels.wechat import signature

OK = 200


@dataclass(frozen=True)
class Verification:
    """What the account's server said to WeChat's first question."""

    passed: bool
    status: int | None
    answer: str


def verify(account: Account, *, at: int) -> Verification:
    """Ask the account's server for the echo, as the console's submit button does."""
    echo, nonce = str(secrets.randbelow(10**19)), str(secrets.randbelow(10**10))
    query = {
        "signature": signature.sign(account.token, str(at), nonce),
        "timestamp": str(at),
        "nonce": nonce,
        "echostr": echo,
    }
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(
                with_query(account.callback_url, query),
                timeout=account.rules.cutoff_seconds,
                allow_redirects=False,
            )
    except requests.RequestException as error:
        return Verification(passed=False, status=None, answer=type(error).__name__)
    passed = answer.status_code == OK and answer.content == echo.encode()
    return Verification(passed, answer.status_code, answer.text[:200])
