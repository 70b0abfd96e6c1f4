"""Temporary codes: made for one purpose, scanned once, decided once.

Every step is one UPDATE that says what it expects, so that of two scans, two hosts or
two copies of a push only one takes it. The scene is kept as a hash and never logged.
"""

import hashlib
import re
import secrets
import string
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.models import (
    OPEN_STATES,
    Account,
    CodeState,
    Purpose,
    TemporaryCode,
)
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.scenes import SceneRequest

TABLE = TemporaryCode.__table__
LETTERS = string.digits + string.ascii_letters
#: 22 letters of 62 are 131 bits: nobody guesses one.
SCENE_LETTERS = 22
PREFIXES = {Purpose.BIND: "b_", Purpose.SIGN_IN: "l_"}
#: Scenes of channels may look like it: only those that we find are ours.
SHAPE = re.compile(rf"({'|'.join(PREFIXES.values())})[0-9A-Za-z]{{{SCENE_LETTERS}}}")
DIGITS = 4
LEAST_SECONDS, USUAL_SECONDS, MOST_SECONDS = 60, 300, 600

BY_SCENE = select(TABLE).where(
    TABLE.c.account_id == bindparam("account_id"),
    TABLE.c.scene_hash.in_(bindparam("hashes", expanding=True)),
)
#: A code as the database has it.
Stored = Row[*tuple[Any, ...]]


class BadLifetimeError(DomainError):
    """Long enough to find the phone, too short to be passed on."""

    sentence = N_("Such a code lasts between 60 and 600 seconds.")
    field = "expire_seconds"


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who has a code made, and alone may ask what became of it."""

    api_key_id: int | None = None
    user_id: int | None = None
    session_hash: bytes | None = None


def plan_code(
    purpose: Purpose, *, expire_seconds: int | None = USUAL_SECONDS
) -> SceneRequest:
    """Return what WeChat will be asked for: a code with a scene nobody can guess."""
    seconds = USUAL_SECONDS if expire_seconds is None else expire_seconds
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise BadLifetimeError
    return SceneRequest.temporary(new_scene(purpose), seconds)


def record_code(
    session: Session,
    account: Account,
    purpose: Purpose,
    request: SceneRequest,
    ticket: Ticket,
    asker: Asker,
    *,
    link: Callable[[str], str] | None,
    at: datetime,
) -> TemporaryCode:
    """Keep the code that WeChat made when asked at `at`.

    It is confirmed by a link, made of a secret, or else by digits in the chat.
    """
    assert request.expire_seconds is not None  # noqa: S101 - it was planned here
    lasts = min(request.expire_seconds, ticket.expire_seconds or MOST_SECONDS)
    code = TemporaryCode(
        account_id=account.id,
        purpose=purpose,
        scene_hash=hash_secret(str(request.scene)),
        url=ticket.url,
        api_key_id=asker.api_key_id,
        user_id=asker.user_id,
        session_hash=asker.session_hash,
        created_at=at,
        expires_at=at + timedelta(seconds=lasts),
    )
    if link is None:
        code.digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    else:
        secret = new_secret()
        code.confirm_url = link(secret)
        code.confirm_hash = hash_secret(secret)
    session.add(code)
    session.flush()
    return code


def new_scene(purpose: Purpose) -> str:
    """Return a scene that nobody can guess."""
    return PREFIXES[purpose] + new_secret()


def new_secret() -> str:
    """Return a word of 128 bits and more, for a scene or an address."""
    return "".join(secrets.choice(LETTERS) for _ in range(SCENE_LETTERS))


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a secret and finds it in constant time.

    Of a random word that is as long nobody tries all, so a fast hash will do.
    """
    return hashlib.sha256(secret.encode()).digest()


def find_by_scene(
    session: Session, account_id: int, scenes: Collection[str]
) -> Mapping[str, Stored]:
    """Return the account's codes by scene; asks nothing where no scene looks like one.

    In any state: a scene that was ours never becomes a channel's.
    """
    hashes = {hash_secret(scene): scene for scene in scenes if SHAPE.fullmatch(scene)}
    if not hashes:
        return {}
    given = {"account_id": account_id, "hashes": list(hashes)}
    rows = session.connection().execute(BY_SCENE, given)
    return {hashes[row.scene_hash]: row for row in rows}


def get_by_link(session: Session, purpose: Purpose, secret: str) -> TemporaryCode:
    """Return the code that the link in the chat confirms, or raise `NotFoundError`."""
    query = select(TemporaryCode).where(
        TemporaryCode.confirm_hash == hash_secret(secret),
        TemporaryCode.purpose == purpose,
    )
    code = session.scalar(query)
    if code is None:
        raise NotFoundError
    return code


def read_code(session: Session, code_id: int) -> Stored:
    """Return the code as it is now."""
    query = select(TABLE).where(TABLE.c.id == code_id)
    return session.connection().execute(query).one()


def move(
    session: Session,
    code_id: int,
    expected: CodeState,
    state: CodeState,
    *,
    at: datetime,
    **values: object,
) -> bool:
    """Take the code from one state to the next, unless it is elsewhere or over."""
    moving = (
        update(TABLE)
        .where(TABLE.c.id == code_id, TABLE.c.state == expected)
        .where(TABLE.c.expires_at > at)
        .values(state=state, **values)
    )
    return session.connection().execute(moving).rowcount == 1


def claim(
    session: Session, code: Stored, follower_id: int, push_key: bytes, *, at: datetime
) -> bool:
    """Give the code to who scanned it first, in time; say whether that is the follower.

    The same push is told the same again, whatever became of the code meanwhile.
    """
    mine = {"follower_id": follower_id, "scan_key": push_key, "scanned_at": at}
    pending, scanned = CodeState.PENDING, CodeState.SCANNED
    if move(session, code.id, pending, scanned, at=at, **mine):
        _drop_others(session, code.id, follower_id)
        return True
    found = read_code(session, code.id)
    if found.scan_key == push_key:
        return True
    is_waiting = found.state == scanned and at < found.expires_at
    return bool(is_waiting and found.follower_id == follower_id)


def cancel(session: Session, code_id: int) -> bool:
    """End a code that has come to nothing yet; say whether it could be."""
    cancelling = (
        update(TABLE)
        .where(TABLE.c.id == code_id, TABLE.c.state.in_(OPEN_STATES))
        .values(state=CodeState.CANCELLED)
    )
    return session.connection().execute(cancelling).rowcount == 1


def forget_followers(session: Session, follower_ids: Sequence[int]) -> None:
    """Let no code say any more whose phone scanned it."""
    forgetting = update(TABLE).where(TABLE.c.follower_id.in_(follower_ids))
    session.connection().execute(forgetting.values(follower_id=None))


def _drop_others(session: Session, code_id: int, follower_id: int) -> None:
    # What is typed in the chat must mean one code: the one scanned last.
    dropping = update(TABLE).where(
        TABLE.c.follower_id == follower_id,
        TABLE.c.state == CodeState.SCANNED,
        TABLE.c.id != code_id,
    )
    session.connection().execute(dropping.values(state=CodeState.CANCELLED))
