"""How a push is written: XML or JSON, plain, compatible or safe, signed."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from wxchannels.sandbox.accounts import Account, Format, Mode
from wxchannels.sandbox.pushes import Push
from wxchannels.wechat import crypto, signature


@dataclass(frozen=True)
class Letter:
    """A push as bytes; every try sends the same ones (wechat.md 13)."""

    body: bytes
    content_type: str
    openid: str
    #: The sealed part, which each try signs anew.
    sealed: str | None


def dress(account: Account, push: Push) -> Letter:
    """Write `push` the way the account has chosen in the console."""
    bare = write(push.fields, account.format)
    if account.mode is Mode.PLAIN:
        return Letter(bare, _content_type(account), push.openid, None)
    sealed = crypto.seal_message(bare, account.aes_key, account.app_id)
    if account.mode is Mode.SAFE:
        shown = {"ToUserName": push.fields["ToUserName"], "Encrypt": sealed}
    else:
        shown = {**push.fields, "Encrypt": sealed}
    body = write(shown, account.format)
    return Letter(body, _content_type(account), push.openid, sealed)


def address(account: Account, letter: Letter, *, at: int) -> str:
    """Return where a try goes, with a fresh time stamp, nonce and signatures."""
    timestamp, nonce = str(at), str(secrets.randbelow(10**10))
    query = {
        "signature": signature.sign(account.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": letter.openid,
    }
    if letter.sealed is not None:
        query["encrypt_type"] = "aes"
        query["msg_signature"] = signature.sign(
            account.token, timestamp, nonce, letter.sealed
        )
    return with_query(account.callback_url, query)


def with_query(url: str, query: Mapping[str, str]) -> str:
    """Return `url` with `query` behind what it already asks."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def write(fields: Mapping[str, Any], form: Format) -> bytes:
    """Write `fields` as XML or JSON."""
    if form is Format.JSON:
        return json.dumps(fields, ensure_ascii=False).encode()
    return f"<xml>{_elements(fields)}</xml>".encode()


def _elements(fields: Mapping[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: object) -> str:
    """Write text as CDATA and numbers bare, as WeChat does."""
    match value:
        case list():
            return "".join(_element(name, item) for item in value)
        case dict():
            inner = _elements(value)
        case str():
            inner = f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
        case _:
            inner = str(value)
    return f"<{name}>{inner}</{name}>"


def _content_type(account: Account) -> str:
    return "text/xml" if account.format is Format.XML else "application/json"
