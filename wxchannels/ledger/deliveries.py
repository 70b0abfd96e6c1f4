"""Pushes as they reach the ledger, and what it reads of each."""

from dataclasses import dataclass
from datetime import datetime

from wxchannels.ledger.identity import hash_openid, push_key
from wxchannels.members.codes import Stored
from wxchannels.models import Kind, Source
from wxchannels.wechat.pushes import (
    Push,
    Scanned,
    Subscribed,
    SubscribedByScan,
    Unsubscribed,
)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A push as it reached us: read, and the bytes it was read from."""

    push: Push
    body: bytes
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A delivery with its keys and what the ledger reads of it."""

    delivery: Delivery
    key: bytes
    openid_hash: bytes | None
    kind: Kind | None
    scene: str | None
    #: What was scanned, where it is no channel's.
    code: Stored | None = None

    @property
    def push(self) -> Push:
        """Return what was delivered."""
        return self.delivery.push


def open_delivery(account_id: int, pepper: bytes, delivery: Delivery) -> Opened:
    """Return the delivery with its keys under the account's `pepper`."""
    push = delivery.push
    return Opened(
        delivery=delivery,
        key=push_key(pepper, account_id, push),
        openid_hash=hash_openid(pepper, push.openid) if push.openid else None,
        kind=kind_of(push),
        scene=scene_of(push),
    )


def kind_of(push: Push) -> Kind | None:
    """Return which of the three figure-moving kinds `push` is, if any."""
    match push:
        case Subscribed() | SubscribedByScan():
            return Kind.FOLLOW
        case Scanned():
            return Kind.SCAN
        case Unsubscribed():
            return Kind.UNFOLLOW
    return None


def scene_of(push: Push) -> str | None:
    """Return the scene that `push` carries; a scan's may be empty, a follow's not."""
    match push:
        case SubscribedByScan() | Scanned():
            return push.scene
    return None


def source_of(push: Push) -> Source | None:
    """Return how a follow came about (wechat.md 4.3, points 3 and 4)."""
    match push:
        case SubscribedByScan():
            return Source.QRCODE
        case Subscribed() if push.event_key.startswith("last_trade_no_"):
            return Source.PAYMENT
        case Subscribed() if push.event_key.startswith(("scanbarcode|", "scanimage|")):
            return Source.PRODUCT
        case Subscribed():
            return Source.UNKNOWN
    return None
