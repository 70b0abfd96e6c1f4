"""What people do with their phones, and what WeChat pushes because of it.

Every function says what happened in one word and returns the push, if there is one;
sending it is somebody else's work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wxchannels.sandbox.accounts import Account, QRCode
from wxchannels.sandbox.pushes import Push, make_event, make_push
from wxchannels.sandbox.relations import Follow, ProfilePage, Relation, Way

#: Who waits longer on the profile page follows without a scene (wechat.md 2.4).
PROFILE_PAGE_SECONDS = 600


@dataclass(frozen=True)
class Outcome:
    """What came of something a person did."""

    result: str
    push: Push | None = None


def scan(account: Account, relation: Relation, qrcode: QRCode, *, at: int) -> Outcome:
    """Point the phone at a code: a follower's scan is pushed, others see a profile."""
    if qrcode.is_expired(at):
        relation.say(at, "expired", ticket=qrcode.ticket)
        return Outcome("expired")
    relation.say(at, "scan", ticket=qrcode.ticket)
    if relation.current is None:
        relation.profile = ProfilePage(qrcode.ticket, at)
        return Outcome("profile")
    fields = make_event("SCAN", qrcode.scene, qrcode)
    return Outcome("scanned", make_push(account, relation, fields, at=at))


def follow_from_profile(account: Account, relation: Relation, *, at: int) -> Outcome:
    """Press Follow on the page that a scan opened."""
    page = relation.profile
    if page is None:
        return follow(account, relation, at=at)
    waited = at - page.opened_at
    return follow(
        account,
        relation,
        account.qrcodes[page.ticket],
        lose_scene=waited >= PROFILE_PAGE_SECONDS,
        at=at,
    )


def follow(
    account: Account,
    relation: Relation,
    qrcode: QRCode | None = None,
    *,
    lose_scene: bool = False,
    at: int,
) -> Outcome:
    """Follow through `qrcode`, or found by search without one.

    A lost scene is lost in the push only: user/info still tells it.
    """
    if qrcode and qrcode.is_expired(at):
        qrcode = None
    lost = lose_scene or account.mischief.lose_scene
    if qrcode is None or lost:
        fields = make_event("subscribe", "")
    else:
        fields = make_event("subscribe", f"qrscene_{qrcode.scene}", qrcode)
    way = Way.QR_CODE if qrcode else Way.SEARCH
    start = Follow(at, way, qrcode.ticket if qrcode else None)
    return _begin(account, relation, start, fields)


def follow_after_payment(
    account: Account, relation: Relation, trade_number: str, *, at: int
) -> Outcome:
    """Follow by the tick on the payment page; there is a key but no Ticket."""
    fields = make_event("subscribe", f"last_trade_no_{trade_number}")
    return _begin(account, relation, Follow(at, Way.PAID), fields)


def unfollow(account: Account, relation: Relation, *, at: int) -> Outcome:
    """Stop following."""
    current = relation.current
    if current is None:
        return Outcome("not following")
    current.ended_at = at
    relation.say(at, "unfollow")
    push = make_push(account, relation, make_event("unsubscribe", ""), at=at)
    return Outcome("unfollowed", push)


def message(account: Account, relation: Relation, text: str, *, at: int) -> Outcome:
    """Write to the account, which only its followers can."""
    if relation.current is None:
        return Outcome("not following")
    relation.say(at, "text", text=text)
    fields = {
        "MsgType": "text",
        "Content": text,
        "MsgId": account.next_message_id(),
    }
    return Outcome("sent", make_push(account, relation, fields, at=at))


def send_anything(
    account: Account, relation: Relation, fields: Mapping[str, Any], *, at: int
) -> Outcome:
    """Have WeChat push `fields`, whatever they mean; nothing else changes."""
    return Outcome("sent", make_push(account, relation, fields, at=at))


def _begin(
    account: Account, relation: Relation, start: Follow, fields: Mapping[str, Any]
) -> Outcome:
    """Make the person a follower, unless they are one."""
    if relation.current is not None:
        return Outcome("already following")
    relation.follows.append(start)
    relation.profile = None
    relation.say(start.started_at, "follow")
    push = make_push(account, relation, fields, at=start.started_at)
    return Outcome("followed", push)
