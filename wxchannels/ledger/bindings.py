"""What pushes mean for bindings and sign-ins, which are no channel's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.ledger.answers import Reply
from wxchannels.ledger.deliveries import Opened
from wxchannels.ledger.fold import Person
from wxchannels.ledger.followers import Locked
from wxchannels.members import bindings, chat, codes
from wxchannels.members.chat import Heard
from wxchannels.members.codes import Stored
from wxchannels.models import Kind
from wxchannels.wechat.pushes import Push, TextMessage


def set_apart(session: Session, account_id: int, opened: list[Opened]) -> list[Opened]:
    """Take what was scanned for binding or sign-in out of what channels brought.

    A follow stays a follow, in no channel; a scan moves no figure.
    """
    scenes = {item.scene for item in opened if item.scene is not None}
    found = codes.find_by_scene(session, account_id, scenes)
    if not found:
        return opened
    return [_without_scene(item, found.get(item.scene or "")) for item in opened]


def _without_scene(item: Opened, code: Stored | None) -> Opened:
    if code is None:
        return item
    kind = None if item.kind is Kind.SCAN else item.kind
    return replace(item, code=code, kind=kind, scene=None)


def unbind_left(
    session: Session,
    account_id: int,
    people: Mapping[bytes, Locked],
    persons: Mapping[int, Person],
    *,
    at: datetime,
) -> None:
    """End the bindings of who left, if the account wants it."""
    left = [
        one.id
        for one in people.values()
        if one.is_bound and one.id in persons and not persons[one.id].following
    ]
    if left:
        bindings.unbind_left(session, account_id, left, at=at)


def answer_members(
    session: Session,
    account_id: int,
    opened: Sequence[Opened],
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
    return chat.answer(session, account_id, heard) if heard else {}


def _words(push: Push) -> str:
    return push.content if isinstance(push, TextMessage) else ""
