"""The one door to WeChat's API: time-outs, encoding, errors and patience."""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from wxchannels.wechat.errors import (
    WeChatRefusedError,
    WeChatUnavailableError,
    refusal,
)

#: Is told the path that was asked, and what was answered.
OnRefusal = Callable[[str, WeChatRefusedError], None]

#: Seconds to connect, and to wait for each piece of the answer.
_TIMEOUT = (3, 8)
#: “System busy”; the long ones come from interfaces about followers (wechat.md 0).
_BUSY = frozenset((-1, 268487001, 268487002))
_PAUSES = (0.5, 1.0, None)
_JSON = {"Content-Type": "application/json; charset=utf-8"}
#: A control character, which JSON can only escape, or an escaped backslash.
_ESCAPED_CONTROL = re.compile(r"(\\\\)|\\u00[01][0-9a-f]")
_SECRET = re.compile(r"((?:access_token|refresh_token|secret|openid|code)=)[^&\s]+")


class Door:
    """Asks WeChat one thing at a time and returns its answer, or raises WeChatError.

    No error and no log line carries an address: the access token is part of it.
    """

    def __init__(
        self,
        base: str,
        http: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
        on_refusal: OnRefusal = lambda _path, _error: None,
    ) -> None:
        self._base = base.rstrip("/")
        self._http = http or requests.Session()
        self._sleep = sleep
        self._on_refusal = on_refusal
        logging.getLogger("urllib3.connectionpool").addFilter(_mask_secrets)

    def ask(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Get `path`, or post `body` to it, and return the answer."""
        for pause in _PAUSES:
            answer = self._exchange(path, query, body)
            errcode = _errcode(path, answer)
            if not errcode:
                return answer
            if errcode not in _BUSY:
                error = refusal(errcode, str(answer.get("errmsg", "")))
                self._on_refusal(path, error)
                raise error
            if pause:
                self._sleep(pause)
        raise _unusable(path, "busy")

    def _exchange(
        self,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        try:
            response = self._http.request(
                "GET" if body is None else "POST",
                self._base + path,
                params=query,
                data=None if body is None else encode(body),
                headers=None if body is None else _JSON,
                timeout=_TIMEOUT,
                # A redirect would carry the token to wherever it leads.
                allow_redirects=False,
            )
        except requests.RequestException as error:
            problem = type(error).__name__
        else:
            return _decode(path, response)
        # Out here, so that the error drags no address along as its context.
        raise _unusable(path, problem)


def encode(body: Mapping[str, Any]) -> bytes:
    r"""Return the JSON as WeChat reads it: UTF-8 without any \\u escape.

    It refuses whole menus for one (wechat.md 0), so control characters, which JSON
    cannot write otherwise, are left out.
    """
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return _ESCAPED_CONTROL.sub(r"\1", text).encode()


def _decode(path: str, response: requests.Response) -> dict[str, Any]:
    """Return the answer; WeChat's Content-Type says nothing about it."""
    if response.status_code != requests.codes.ok:
        raise _unusable(path, f"HTTP {response.status_code}")
    try:
        # People's names may hold control characters, which strict JSON refuses.
        answer = json.loads(response.content.decode(errors="replace"), strict=False)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise _unusable(path, "not a JSON object")
    return answer


def _errcode(path: str, answer: Mapping[str, Any]) -> int:
    """Return the errcode, 0 where there is none; some interfaces write it as text."""
    try:
        return int(answer.get("errcode") or 0)
    except (TypeError, ValueError):
        raise _unusable(path, "errcode is not a number") from None


def _unusable(path: str, problem: str) -> WeChatUnavailableError:
    return WeChatUnavailableError(f"{path}: {problem}")


def _mask_secrets(record: logging.LogRecord) -> bool:
    """Take token and openid out of urllib3's line about a request; all lines pass."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            _SECRET.sub(r"\1***", value) if isinstance(value, str) else value
            for value in record.args
        )
    return True
