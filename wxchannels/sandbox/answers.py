"""Reading an account's answer to a push as strictly as WeChat does."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

from wxchannels.sandbox.accounts import Account, Mode
from wxchannels.sandbox.pushes import Push
from wxchannels.wechat import crypto, signature
from wxchannels.wechat.errors import BadSignatureError

SUCCESS = b"success"
#: What a person sees of several articles: one after a message, eight after an event.
ARTICLES_AFTER_MESSAGE = 1
ARTICLES_AFTER_EVENT = 8


class Verdict(StrEnum):
    """What became of one try to deliver a push."""

    HANDLED = "handled"
    REPLY = "reply"
    #: An answer WeChat cannot use: people see the notice about a fault.
    FAULT = "fault"
    HTTP_ERROR = "http_error"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    #: The sandbox threw a good answer away, see `Mischief.lose_answers`.
    LOST = "lost"


@dataclass(frozen=True)
class Answer:
    """One answer, read."""

    verdict: Verdict
    reply: dict[str, Any] | None = None
    problem: str = ""


class UnusableAnswerError(Exception):
    """WeChat would show the notice about a fault; the words say what is wrong."""

    def __init__(self, *words: object) -> None:
        super().__init__(" ".join(map(str, words)))


def read_answer(account: Account, push: Push, body: bytes) -> Answer:
    """Say what WeChat makes of `body`."""
    if body in {b"", SUCCESS}:
        return Answer(Verdict.HANDLED)
    try:
        fields = _unseal(account, _parse(body))
        _check_addresses(account, push, fields)
        return Answer(Verdict.REPLY, _read_reply(push, fields))
    except UnusableAnswerError as error:
        return Answer(Verdict.FAULT, problem=str(error))


def _parse(body: bytes) -> dict[str, Any]:
    """Return the fields of an answer in XML, or in JSON."""
    try:
        if body.lstrip().startswith(b"{"):
            return dict(json.loads(body))
        if b"<!DOCTYPE" in body:
            raise UnusableAnswerError("a DOCTYPE instead of a message")
        parsed = xmltodict.parse(body, strip_whitespace=False)
    except (ExpatError, ValueError):
        raise UnusableAnswerError("neither XML nor JSON") from None
    fields = parsed.get("xml")
    if not isinstance(fields, dict):
        raise UnusableAnswerError("no <xml> with elements in it")
    return _plain(fields)


def _unseal(account: Account, fields: dict[str, Any]) -> dict[str, Any]:
    """Open an encrypted answer; demand one in safe mode."""
    sealed = fields.get("Encrypt")
    if sealed is None:
        if account.mode is Mode.SAFE:
            raise UnusableAnswerError("not encrypted, in safe mode")
        return fields
    if account.mode is Mode.PLAIN:
        raise UnusableAnswerError("encrypted, in plain mode")
    signed = (str(fields.get("TimeStamp", "")), str(fields.get("Nonce", "")))
    given = str(fields.get("MsgSignature", ""))
    if not signature.is_signed(given, account.token, *signed, str(sealed)):
        raise UnusableAnswerError("the MsgSignature is wrong")
    try:
        return _parse(crypto.open_message(str(sealed), account.aes_key, account.app_id))
    except BadSignatureError as error:
        raise UnusableAnswerError(str(error)) from None


def _check_addresses(account: Account, push: Push, fields: dict[str, Any]) -> None:
    """Demand sender and receiver swapped, and a time."""
    if fields.get("ToUserName") != push.openid:
        raise UnusableAnswerError("ToUserName is not the person's openid")
    if fields.get("FromUserName") != account.original_id:
        raise UnusableAnswerError("FromUserName is not the account's original id")
    if not str(fields.get("CreateTime", "")).isdigit():
        raise UnusableAnswerError("CreateTime is not a number")


def _read_reply(push: Push, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what the person sees."""
    kind = fields.get("MsgType")
    match kind:
        case "text":
            return {"kind": kind, "text": _need(fields, "Content")}
        case "image" | "voice" | "video":
            part = _part(fields, kind.capitalize())
            _need(part, "MediaId")
            return {"kind": kind, **part}
        case "music":
            part = _part(fields, "Music")
            _need(part, "ThumbMediaId")
            return {"kind": kind, **part}
        case "news":
            return {"kind": kind, "articles": _read_articles(push, fields)}
        case "transfer_customer_service":
            return {"kind": kind}
    raise UnusableAnswerError("no such MsgType:", kind)


def _read_articles(push: Push, fields: dict[str, Any]) -> list[dict[str, str]]:
    """Return the articles people see, which may be fewer than were sent."""
    items = _part(fields, "Articles").get("item")
    found = items if isinstance(items, list) else [items]
    articles = [_plain(item) for item in found if isinstance(item, dict)]
    if len(articles) < len(found):
        raise UnusableAnswerError("Articles must hold item elements")
    if str(fields.get("ArticleCount")) != str(len(articles)):
        raise UnusableAnswerError("ArticleCount is not the number of articles")
    for article in articles:
        _need(article, "Title")
    is_event = push.fields.get("MsgType") == "event"
    return articles[: ARTICLES_AFTER_EVENT if is_event else ARTICLES_AFTER_MESSAGE]


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Drop the blanks between elements."""
    return {name: value for name, value in fields.items() if name != "#text"}


def _part(fields: dict[str, Any], name: str) -> dict[str, Any]:
    part = fields.get(name)
    if not isinstance(part, dict):
        raise UnusableAnswerError(name, "is missing")
    return _plain(part)


def _need(fields: dict[str, Any], name: str) -> str:
    text = fields.get(name)
    if not isinstance(text, str) or not text.strip():
        raise UnusableAnswerError(name, "is empty")
    return text
