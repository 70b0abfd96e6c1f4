"""What we do about each push from WeChat: recorded once, answered every time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from wxchannels.ledger import answers, followers
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.fold import Entry, Person
from wxchannels.ledger.followers import Locked
from wxchannels.ledger.histories import Arrival, refold
from wxchannels.ledger.identity import hash_openid, push_key
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Account,
    Kind,
    QRCode,
    RawPush,
    ScanEvent,
    Source,
)
from wxchannels.statements import insert_new
from wxchannels.wechat.pushes import (
    Event,
    Push,
    Scanned,
    Subscribed,
    SubscribedByScan,
    Unsubscribed,
)

RAW: Table = RawPush.__table__  # type: ignore[assignment]
#: Longer ones are cut: no code of ours has one, so they only need to be shown.
STORED_SCENE, STORED_KIND = 255, 64


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A push as it reached us: read, and the bytes it was read from."""

    push: Push
    body: bytes
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A delivery with its keys."""

    delivery: Delivery
    key: bytes
    openid_hash: bytes | None

    @property
    def push(self) -> Push:
        return self.delivery.push


def receive(
    session: Session,
    account: Account,
    deliveries: Sequence[Delivery],
    *,
    erase: bool = True,
) -> list[Answer]:
    """Record each push that is not recorded yet and return an answer for every one.

    A push that came before changes nothing and gets the same answer. `erase` forgets
    the openid of whoever left, as WeChat demands (wechat.md 4.3, point 14).
    """
    opened = [_open(account, delivery) for delivery in deliveries]
    hashes = {item.openid_hash for item in opened if item.openid_hash is not None}
    at = max(delivery.received_at for delivery in deliveries)
    people = followers.meet(session, account.id, hashes, at=at) if hashes else {}
    _keep_raw(session, account, opened, people)
    moving = [item for item in opened if kind_of(item.push) and item.openid_hash]
    codes = answers.find_codes(
        session, account.id, {s for item in moving if (s := scene_of(item.push))}
    )
    persons = _record(session, account, moving, people, codes, erase=erase)
    _note_first_contact(account, at)
    return [_answer(session, account, item, people, persons, codes) for item in opened]


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


def _open(account: Account, delivery: Delivery) -> _Opened:
    openid = delivery.push.openid
    return _Opened(
        delivery=delivery,
        key=push_key(account.pepper, account.id, delivery.push),
        openid_hash=hash_openid(account.pepper, openid) if openid else None,
    )


def _keep_raw(
    session: Session,
    account: Account,
    opened: Sequence[_Opened],
    people: Mapping[bytes, Locked],
) -> None:
    stored = select(RawPush.push_key).where(
        RawPush.push_key.in_([item.key for item in opened])
    )
    known = set(session.scalars(stored))
    rows = {
        item.key: _raw_row(account, item, people)
        for item in opened
        if item.key not in known
    }
    insert_new(session, RAW, list(rows.values()))


def _raw_row(
    account: Account, item: _Opened, people: Mapping[bytes, Locked]
) -> dict[str, Any]:
    push = item.push
    event = f"/{push.event}" if isinstance(push, Event) else ""
    return {
        "account_id": account.id,
        "push_key": item.key,
        "follower_id": people[item.openid_hash].id if item.openid_hash else None,
        "kind": (push.msg_type + event)[:STORED_KIND],
        "happened_at": push.created_at,
        "received_at": item.delivery.received_at,
        "body": item.delivery.body,
    }


def _record(
    session: Session,
    account: Account,
    moving: Sequence[_Opened],
    people: Mapping[bytes, Locked],
    codes: Mapping[str, QRCode],
    *,
    erase: bool,
) -> dict[int, Person]:
    """Add what is new to the ledger; return everybody concerned, folded."""
    recorded = set(
        session.scalars(
            select(ScanEvent.push_key).where(
                ScanEvent.push_key.in_([item.key for item in moving])
            )
        )
    )
    arrivals: dict[int, list[Arrival]] = {}
    openids: dict[int, str] = {}
    concerned: dict[int, Locked] = {}
    for item in moving:
        person = people[item.openid_hash or b""]
        concerned[person.id] = person
        openids[person.id] = item.push.openid
        if item.key not in recorded:
            recorded.add(item.key)
            arrivals.setdefault(person.id, []).append(_arrival(item, codes))
    ordered = [concerned[number] for number in sorted(concerned)]
    return refold(session, account, ordered, arrivals, openids, erase=erase)


def _arrival(item: _Opened, codes: Mapping[str, QRCode]) -> Arrival:
    push, scene = item.push, scene_of(item.push)
    code = codes.get(scene) if scene is not None else None
    by_scene = code.channel_id if code else UNKNOWN_SCENE
    kind = kind_of(push)
    assert kind is not None  # noqa: S101 - only those that move figures come here
    entry = Entry(
        push_key=item.key,
        kind=kind,
        row_id=NO_CHANNEL if scene is None else by_scene,
        at=push.created_at,
    )
    return Arrival(
        entry=entry,
        scene=scene if scene is None else scene[:STORED_SCENE],
        source=_source(push),
        received_at=item.delivery.received_at,
    )


def _source(push: Push) -> Source | None:
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


def _note_first_contact(account: Account, at: datetime) -> None:
    # A signed push proves the connection as well as WeChat's own verification does.
    if account.verified_at is None:
        account.verified_at = at
    if account.first_push_at is None:
        account.first_push_at = at


def _answer(
    session: Session,
    account: Account,
    item: _Opened,
    people: Mapping[bytes, Locked],
    persons: Mapping[int, Person],
    codes: Mapping[str, QRCode],
) -> Answer:
    if item.openid_hash is None or kind_of(item.push) is None:
        return Answer()
    reading = persons[people[item.openid_hash].id].readings[item.key]
    code = codes.get(scene_of(item.push) or "")
    return answers.answer(
        session, account, code, reading.class_, at=item.push.created_at
    )
