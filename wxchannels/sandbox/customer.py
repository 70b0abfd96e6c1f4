"""Messages the account sends by itself, while WeChat allows it (wechat.md 5.2)."""

from collections.abc import Mapping
from typing import Any

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.relations import ChatLine, Relation

LONGEST_TEXT_BYTES = 2048
#: How long each contact opens the door, and for how many messages.
WINDOWS: Mapping[str, tuple[int, int]] = {
    "text": (48 * 3600, 5),
    "follow": (60, 3),
    "scan": (60, 3),
    "press": (60, 3),
}
SENT = "message"


def send(account: Account, request: Mapping[str, Any], *, at: int) -> None:
    """Show the person a message, if they got in touch lately."""
    relation = account.relations.get(str(request.get("touser")))
    if relation is None:
        raise RefusedError(40003, "invalid openid")
    if relation.current is None:
        raise RefusedError(43004, "require subscribe")
    reply = _read(request)
    _check_window(relation, at)
    relation.say(at, SENT, reply=reply)


def _read(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message as the chat draws it."""
    kind = request.get("msgtype")
    content = request.get(str(kind))
    if kind not in {"text", "image", "voice", "video", "music", "news"}:
        raise RefusedError(40008, "invalid message type")
    if not isinstance(content, dict):
        raise RefusedError(44004, "empty content")
    if kind == "text":
        text = str(content.get("content") or "")
        if len(text.encode()) > LONGEST_TEXT_BYTES:
            raise RefusedError(45002, "content size out of limit")
        return {"kind": kind, "text": text}
    if kind == "news":
        articles = content.get("articles")
        if not isinstance(articles, list) or len(articles) != 1:
            raise RefusedError(45008, "article size out of limit")
        return {"kind": kind, "articles": [_article(articles[0])]}
    return {"kind": kind, "Title": content.get("title", "")}


def _article(article: Mapping[str, str]) -> dict[str, str]:
    """Return an article under the names a passive reply gives its parts."""
    return {
        "Title": article.get("title", ""),
        "Description": article.get("description", ""),
        "PicUrl": article.get("picurl", ""),
        "Url": article.get("url", ""),
    }


def _check_window(relation: Relation, at: int) -> None:
    """Refuse a message nobody has opened the door for."""
    contacts = [line for line in relation.chat if _is_open(line, at)]
    if not contacts:
        raise RefusedError(
            45015, "response out of time limit or subscription is canceled"
        )
    for contact in contacts:
        sent = [
            line
            for line in relation.chat
            if line.kind == SENT and line.at >= contact.at
        ]
        if len(sent) < WINDOWS[contact.kind][1]:
            return
    raise RefusedError(45047, "out of response count limit")


def _is_open(line: ChatLine, at: int) -> bool:
    """Say whether this contact still allows messages."""
    return line.kind in WINDOWS and at - line.at < WINDOWS[line.kind][0]
