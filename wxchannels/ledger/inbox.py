"""What we do about each push from WeChat: recorded once, answered every time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, bindparam, func, literal, select, update
from sqlalchemy.orm import Session

from wxchannels.columns import UTCDateTime
from wxchannels.ledger import answers, clicks, followers, rules
from wxchannels.ledger.answers import Answer, Code, Reply
from wxchannels.ledger.fold import Entry, Person, fold
from wxchannels.ledger.followers import Locked
from wxchannels.ledger.histories import Arrival, refold
from wxchannels.ledger.identity import hash_openid, push_key
from wxchannels.ledger.rules import Rulebook
from wxchannels.members import bindings, chat
from wxchannels.members import codes as temporary
from wxchannels.members.chat import Heard
from wxchannels.members.codes import Stored
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Account,
    Kind,
    RawPush,
    Source,
)
from wxchannels.models.ledger import STORED_SCENE
from wxchannels.statements import insert_new
from wxchannels.wechat.pushes import (
    Event,
    Push,
    Scanned,
    Subscribed,
    SubscribedByScan,
    TextMessage,
    Unsubscribed,
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """The account as its pushes need it."""

    id: int
    pepper: bytes
    time_zone: str
    verified_at: datetime | None
    first_push_at: datetime | None
    has_webhooks: bool
    reply_new: Reply | None
    reply_returning: Reply | None
    reply_following: Reply | None
    reply_fallback: Reply | None


RAW: Table = RawPush.__table__  # type: ignore[assignment]
ACCOUNTS: Table = Account.__table__  # type: ignore[assignment]
#: Held as `days.hold_days` holds it: its zone stays until the pushes are on their days.
RECEIVER = (
    select(*(ACCOUNTS.c[name] for name in Receiver.__slots__))
    .where(ACCOUNTS.c.id == bindparam("account_id"))
    .with_for_update(read=True, key_share=True)
)
UNPARK = (
    update(RAW)
    .where(RAW.c.push_key == bindparam("key"), RAW.c.parked_at.is_not(None))
    .values(
        kind=bindparam("kind"),
        follower_id=bindparam("follower_id"),
        parked_at=None,
        error=None,
    )
)
#: More than a push travels, retries included.
CLOCKS_APART = timedelta(hours=1)
#: Longer ones are cut.
STORED_KIND = 64


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A push as it reached us: read, and the bytes it was read from."""

    push: Push
    body: bytes
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _Opened:
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
        return self.delivery.push


def receive(
    session: Session,
    account_id: int,
    deliveries: Sequence[Delivery],
    *,
    erase: bool = True,
) -> list[Answer]:
    """Record each push that is not recorded yet and return an answer for every one.

    A push that came before changes nothing and gets the same answer. `erase` forgets
    the openid of whoever left, as WeChat demands (wechat.md 4.3, point 14).
    """
    account = _read_account(session, account_id)
    opened = [_open(account, delivery) for delivery in deliveries]
    opened = _set_apart(session, account, opened)
    at = max(delivery.received_at for delivery in deliveries)
    codes = _find_codes(session, account, opened)
    arrivals = _arrivals(opened, codes)
    people = _meet(session, account, opened, arrivals, erase=erase, at=at)
    _keep_raw(session, account, opened, people)
    _keep_clicks(session, account, opened, people)
    tagged = {code.channel_id for code in codes.values() if code.is_tagged}
    persons = _record(
        session, account, opened, arrivals, people, tagged=tagged, erase=erase
    )
    _unbind_left(session, account, people, persons, at=at)
    if erase:
        _forget_late_words(session, opened, people, persons)
    _note_first_contact(session, account, deliveries)
    replies = _answer_members(session, account, opened, people)
    pushes = [item.push for item in opened]
    rulebook = rules.read_for(session, account.id, pushes, account.reply_fallback)
    return [
        _answer(account, item, people, persons, codes, replies.get(item.key), rulebook)
        for item in opened
    ]


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


def raw_kind(push: Push) -> str:
    """Return how a raw push is called: MsgType, and for an event its name."""
    event = f"/{push.event}" if isinstance(push, Event) else ""
    return (push.msg_type + event)[:STORED_KIND]


def _read_account(session: Session, account_id: int) -> Receiver:
    given = {"account_id": account_id}
    return Receiver(*session.connection().execute(RECEIVER, given).one())


def _open(account: Receiver, delivery: Delivery) -> _Opened:
    push = delivery.push
    return _Opened(
        delivery=delivery,
        key=push_key(account.pepper, account.id, push),
        openid_hash=hash_openid(account.pepper, push.openid) if push.openid else None,
        kind=kind_of(push),
        scene=scene_of(push),
    )


def _set_apart(
    session: Session, account: Receiver, opened: list[_Opened]
) -> list[_Opened]:
    """Take what was scanned for binding or sign-in out of what channels brought.

    A follow stays a follow, in no channel; a scan moves no figure.
    """
    scenes = {item.scene for item in opened if item.scene is not None}
    found = temporary.find_by_scene(session, account.id, scenes)
    if not found:
        return opened
    return [_without_scene(item, found.get(item.scene or "")) for item in opened]


def _without_scene(item: _Opened, code: Stored | None) -> _Opened:
    if code is None:
        return item
    kind = None if item.kind is Kind.SCAN else item.kind
    return replace(item, code=code, kind=kind, scene=None)


def _find_codes(
    session: Session, account: Receiver, opened: Sequence[_Opened]
) -> Mapping[str, Code]:
    scenes = {item.scene for item in opened if item.scene is not None}
    return answers.find_codes(session, account.id, scenes)


def _arrivals(
    opened: Sequence[_Opened], codes: Mapping[str, Code]
) -> Mapping[bytes, list[Arrival]]:
    """Return what moves figures, by the hash of who did it."""
    arrivals: dict[bytes, list[Arrival]] = {}
    for item in opened:
        if item.kind is not None and item.openid_hash is not None:
            arrivals.setdefault(item.openid_hash, []).append(_arrival(item, codes))
    return arrivals


def _meet(
    session: Session,
    account: Receiver,
    opened: Sequence[_Opened],
    arrivals: Mapping[bytes, list[Arrival]],
    *,
    erase: bool,
    at: datetime,
) -> Mapping[bytes, Locked]:
    """Return everybody concerned, locked; strangers as they will stand."""
    openids = {
        item.openid_hash: item.push.openid
        for item in opened
        if item.openid_hash is not None
    }

    def describe(openid_hash: bytes) -> Mapping[str, Any]:
        pushed = arrivals.get(openid_hash)
        if pushed is None:
            return {}
        person = fold([arrival.entry for arrival in pushed])
        keeps = person.following or not erase
        openid = openids[openid_hash] if keeps else None
        return {**followers.standing(person), "openid": openid}

    if not openids:
        return {}
    return followers.meet(session, account.id, openids, describe=describe, at=at)


def _keep_raw(
    session: Session,
    account: Receiver,
    opened: Sequence[_Opened],
    people: Mapping[bytes, Locked],
) -> None:
    rows = {item.key: _raw_row(account, item, people) for item in opened}
    if not insert_new(session, RAW, list(rows.values())):
        # One that was parked, and is read now that it came again.
        unparked = [
            {"key": key, "kind": row["kind"], "follower_id": row["follower_id"]}
            for key, row in rows.items()
        ]
        session.connection().execute(UNPARK, unparked)


def _keep_clicks(
    session: Session,
    account: Receiver,
    opened: Sequence[_Opened],
    people: Mapping[bytes, Locked],
) -> None:
    """Count who pressed a button of the menu, testers apart."""
    presses: dict[bytes, Event] = {}
    for item in opened:
        push = item.push
        if isinstance(push, clicks.PRESSES):
            person = people.get(item.openid_hash or b"")
            if person is None or not person.is_tester:
                presses[item.key] = push
    if presses:
        clicks.record(session, account.id, presses)


def _raw_row(
    account: Receiver, item: _Opened, people: Mapping[bytes, Locked]
) -> dict[str, Any]:
    push = item.push
    return {
        "account_id": account.id,
        "push_key": item.key,
        "follower_id": people[item.openid_hash].id if item.openid_hash else None,
        "kind": raw_kind(push),
        "happened_at": push.created_at,
        "received_at": item.delivery.received_at,
        "body": item.delivery.body,
    }


def _record(
    session: Session,
    account: Receiver,
    opened: Sequence[_Opened],
    arrivals: Mapping[bytes, list[Arrival]],
    people: Mapping[bytes, Locked],
    *,
    tagged: Collection[int],
    erase: bool,
) -> Mapping[int, Person]:
    """Add what is new to the ledger; return everybody concerned, folded."""
    if not arrivals:
        return {}
    by_number = {people[digest].id: pushed for digest, pushed in arrivals.items()}
    openids = {
        people[item.openid_hash].id: item.push.openid
        for item in opened
        if item.openid_hash is not None and item.openid_hash in arrivals
    }
    ordered = sorted((people[digest] for digest in arrivals), key=attrgetter("id"))
    return refold(
        session, account, ordered, by_number, openids, tagged=tagged, erase=erase
    )


def _forget_late_words(
    session: Session,
    opened: Sequence[_Opened],
    people: Mapping[bytes, Locked],
    persons: Mapping[int, Person],
) -> None:
    """Empty what arrives of people only after they left, and moves no figure."""
    senders = [people[item.openid_hash] for item in opened if item.openid_hash]
    late = {
        sender.id for sender in senders if sender.id not in persons and sender.has_left
    }
    followers.forget(session, sorted(late))


def _arrival(item: _Opened, codes: Mapping[str, Code]) -> Arrival:
    assert item.kind is not None  # noqa: S101 - only those that move figures come here
    scene = item.scene
    code = codes.get(scene) if scene is not None else None
    by_scene = code.channel_id if code else UNKNOWN_SCENE
    entry = Entry(
        push_key=item.key,
        kind=item.kind,
        row_id=NO_CHANNEL if scene is None else by_scene,
        at=item.push.created_at,
    )
    return Arrival(
        entry=entry,
        scene=scene if scene is None else scene[:STORED_SCENE],
        source=_source(item.push),
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


def _unbind_left(
    session: Session,
    account: Receiver,
    people: Mapping[bytes, Locked],
    persons: Mapping[int, Person],
    *,
    at: datetime,
) -> None:
    left = [
        one.id
        for one in people.values()
        if one.is_bound and one.id in persons and not persons[one.id].following
    ]
    if left:
        bindings.unbind_left(session, account.id, left, at=at)


def _answer_members(
    session: Session,
    account: Receiver,
    opened: Sequence[_Opened],
    people: Mapping[bytes, Locked],
) -> Mapping[bytes, Reply]:
    """Return the replies to what is about a binding or a sign-in, by push."""
    heard = [
        Heard(
            push_key=item.key,
            follower_id=people[item.openid_hash].id,
            code=item.code,
            words=_words(item.push),
            at=item.delivery.received_at,
        )
        for item in opened
        if item.openid_hash is not None
        and (item.code is not None or chat.is_about_us(_words(item.push)))
    ]
    return chat.answer(session, account.id, heard) if heard else {}


def _words(push: Push) -> str:
    return push.content if isinstance(push, TextMessage) else ""


def _note_first_contact(
    session: Session, account: Receiver, deliveries: Sequence[Delivery]
) -> None:
    # A signed push proves the connection as well as WeChat's own verification does.
    if account.verified_at is None or account.first_push_at is None:
        # When it happened: whoever follows by it did not follow before.
        at = min(map(_moment_of, deliveries))
        session.execute(
            update(Account)
            .where(Account.id == account.id)
            .values(
                verified_at=func.coalesce(
                    Account.verified_at, literal(at, UTCDateTime)
                ),
                first_push_at=func.coalesce(
                    Account.first_push_at, literal(at, UTCDateTime)
                ),
            )
        )


def _moment_of(delivery: Delivery) -> datetime:
    """Return when a push happened, unless the two clocks are far apart."""
    came, happened = delivery.received_at, delivery.push.created_at
    return happened if came - CLOCKS_APART < happened < came else came


def _answer(
    account: Receiver,
    item: _Opened,
    people: Mapping[bytes, Locked],
    persons: Mapping[int, Person],
    codes: Mapping[str, Code],
    reply: Reply | None,
    rulebook: Rulebook,
) -> Answer:
    if item.openid_hash is None or item.kind is None:
        return Answer(reply=reply) if reply else rulebook.answer(item.push)
    reading = persons[people[item.openid_hash].id].readings[item.key]
    code = codes.get(item.scene) if item.scene is not None else None
    if reply is not None:
        return Answer(class_=reading.class_, reply=reply)
    return answers.answer(account, code, reading.class_, at=item.push.created_at)
