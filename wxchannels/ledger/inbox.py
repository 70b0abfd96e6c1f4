"""What we do about each push from WeChat: recorded once, answered every time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from wxchannels.ledger import answers, bindings, clicks, followers, rules
from wxchannels.ledger.answers import Answer, Code, Reply
from wxchannels.ledger.deliveries import Delivery, Opened, open_delivery, source_of
from wxchannels.ledger.fold import Entry, Person, fold
from wxchannels.ledger.followers import Locked
from wxchannels.ledger.forgetting import forget
from wxchannels.ledger.histories import Arrival, refold
from wxchannels.ledger.raw import keep_raw
from wxchannels.ledger.receiver import Receiver, note_first_contact, read_receiver
from wxchannels.ledger.rules import Rulebook
from wxchannels.models import NO_CHANNEL, UNKNOWN_SCENE
from wxchannels.models.ledger import STORED_SCENE


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
    account = read_receiver(session, account_id)
    opened = [open_delivery(account.id, account.pepper, one) for one in deliveries]
    opened = bindings.set_apart(session, account.id, opened)
    at = max(delivery.received_at for delivery in deliveries)
    codes = _find_codes(session, account, opened)
    arrivals = _arrivals(opened, codes)
    people = _meet(session, account, opened, arrivals, erase=erase, at=at)
    keep_raw(session, account.id, opened, people)
    clicks.record(session, account.id, opened, people)
    tagged = {code.channel_id for code in codes.values() if code.is_tagged}
    persons = _record(
        session, account, opened, arrivals, people, tagged=tagged, erase=erase
    )
    bindings.unbind_left(session, account.id, people, persons, at=at)
    if erase:
        _forget_late_words(session, opened, people, persons)
    note_first_contact(session, account, deliveries)
    return _answers(session, account, opened, people, persons, codes)


def _find_codes(
    session: Session, account: Receiver, opened: Sequence[Opened]
) -> Mapping[str, Code]:
    scenes = {item.scene for item in opened if item.scene is not None}
    return answers.find_codes(session, account.id, scenes)


def _arrivals(
    opened: Sequence[Opened], codes: Mapping[str, Code]
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
    opened: Sequence[Opened],
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


def _record(
    session: Session,
    account: Receiver,
    opened: Sequence[Opened],
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
    opened: Sequence[Opened],
    people: Mapping[bytes, Locked],
    persons: Mapping[int, Person],
) -> None:
    """Empty what arrives of people only after they left, and moves no figure."""
    senders = [people[item.openid_hash] for item in opened if item.openid_hash]
    late = {
        sender.id for sender in senders if sender.id not in persons and sender.has_left
    }
    forget(session, sorted(late))


def _arrival(item: Opened, codes: Mapping[str, Code]) -> Arrival:
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
        source=source_of(item.push),
        received_at=item.delivery.received_at,
    )


def _answers(
    session: Session,
    account: Receiver,
    opened: Sequence[Opened],
    people: Mapping[bytes, Locked],
    persons: Mapping[int, Person],
    codes: Mapping[str, Code],
) -> list[Answer]:
    replies = bindings.answer_members(session, account.id, opened, people)
    pushes = [item.push for item in opened]
    rulebook = rules.read_for(session, account.id, pushes, account.reply_fallback)
    return [
        _answer(account, item, people, persons, codes, replies.get(item.key), rulebook)
        for item in opened
    ]


def _answer(
    account: Receiver,
    item: Opened,
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
