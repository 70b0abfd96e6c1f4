"""The chat as WeChat draws it."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask_babel import gettext

from wxchannels.sandbox import customer
from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.phone.times import short_time
from wxchannels.sandbox.relations import ChatLine, Relation
from wxchannels.wechat.links import mini_program_links, split_links

SHOWN_LINES = 60
#: What the account said, at once or later.
ANSWERS = {"reply", customer.SENT}
#: WeChat prints the time where the talk had paused.
PAUSE_SECONDS = 300


@dataclass(frozen=True)
class Piece:
    """A stretch of text, perhaps a link."""

    text: str
    href: str = ""
    #: The mini program that WeChat would open.
    app_id: str = ""


@dataclass(frozen=True)
class Bubble:
    """One thing in the chat; `kind` is time, note, in, out or news."""

    kind: str
    pieces: Sequence[Piece]
    #: Articles' title, description and address.
    articles: Sequence[Mapping[str, str]] = ()


def draw_chat(
    account: Account, relation: Relation, name: str, *, now: int
) -> Iterator[Bubble]:
    """Return what is to be seen, the newest last."""
    before = None
    for line in relation.chat[-SHOWN_LINES:]:
        if before is None or line.at - before >= PAUSE_SECONDS:
            yield _plain("time", short_time(line.at, now=now))
        before = line.at
        yield _draw(account, line, name)
        if line.kind in ANSWERS:
            yield from _mini_programs(line.content["reply"])


def code_name(account: Account, ticket: str) -> str:
    """Return what the product calls a code, or its scene."""
    qrcode = account.qrcodes.get(ticket)
    scene = qrcode.scene if qrcode else ""
    return account.scene_names.get(scene, scene)


def shown_name(name: str, most: int) -> str:
    """Return a button's name as far as there is room, in halves of a character."""
    used, kept = 0, ""
    for character in name:
        used += 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
        if used > most:
            return f"{kept}.."
        kept += character
    return name


def pieces_of(text: str) -> Sequence[Piece]:
    """Return `text` in pieces, links apart; any other markup stays text."""
    return [
        Piece(piece)
        if isinstance(piece, str)
        else Piece(unescape(piece.words), unescape(piece.href), piece.app_id)
        for piece in split_links(text)
        if piece
    ]


def _plain(kind: str, text: str) -> Bubble:
    return Bubble(kind, [Piece(text)])


def _draw(account: Account, line: ChatLine, name: str) -> Bubble:
    """Draw one line: what was said in bubbles, what was done between them."""
    if line.kind in ANSWERS:
        return _draw_reply(line.content["reply"])
    if line.kind == "text":
        return _plain("out", line.content["text"])
    told = [Piece(_tell(account, line, name))]
    url = line.content.get("url", "")
    if url.startswith(("https://", "http://")):
        told += [Piece(" "), Piece(url, url)]
    return Bubble("note", told)


def _tell(account: Account, line: ChatLine, name: str) -> str:
    """Say what somebody did, or what WeChat has to say."""
    code = code_name(account, line.content.get("ticket", ""))
    button = line.content.get("name", "")
    sentences = {
        "scan": gettext("%(name)s scanned “%(code)s”", name=name, code=code),
        "expired": gettext("“%(code)s” has expired", code=code),
        "follow": gettext("%(name)s followed the account", name=name),
        "unfollow": gettext("%(name)s stopped following", name=name),
        "press": gettext("Pressed “%(button)s”", button=button),
        "shown": gettext(
            "WeChat shows the material by itself: “%(button)s”", button=button
        ),
        "fault": gettext("This account's service is out of order. Try again later."),
    }
    return str(sentences[line.kind])


def _mini_programs(reply: Mapping[str, Any]) -> Iterator[Bubble]:
    """Say what the links open that a phone page cannot."""
    for link in mini_program_links(reply.get("text", "")):
        said = gettext(
            "“%(words)s” opens the mini program %(app_id)s at %(path)s",
            words=link.words,
            app_id=link.app_id,
            path=link.path,
        )
        yield _plain("note", said)


def _draw_reply(reply: Mapping[str, Any]) -> Bubble:
    """Draw what the account answered; pictures and sounds have a stand-in."""
    kind = reply["kind"]
    if kind == "text":
        return Bubble("in", pieces_of(reply["text"]))
    if kind == "news":
        return Bubble("news", [], reply["articles"])
    if kind == "transfer_customer_service":
        return _plain("note", gettext("Handed to customer service"))
    names = {
        "image": gettext("Picture"),
        "voice": gettext("Recording"),
        "video": gettext("Video"),
        "music": gettext("Music"),
    }
    title = reply.get("Title") or ""
    return _plain("in", f"[{names[kind]}] {title}".strip())
