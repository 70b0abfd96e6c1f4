"""What followers are answered who scan a temporary code, or type about one.

Called by the ledger in its own transaction, with everybody concerned locked, and only
where a batch holds such a scene or such words.
"""

import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.members import bindings, codes, words
from wxchannels.members.codes import Stored
from wxchannels.members.words import Words
from wxchannels.models import (
    Account,
    Binding,
    CodeState,
    Purpose,
    TemporaryCode,
    UnboundBy,
    User,
    UserWeChat,
)

ACCOUNTS = Account.__table__
BINDINGS = Binding.__table__
CODES = TemporaryCode.__table__
USERS = User.__table__
PHONES = UserWeChat.__table__
FOUR_DIGITS = re.compile(rf"[0-9]{{{codes.DIGITS}}}")
TRIES = 3
KEY_BYTES = 32
#: As long afterwards four digits are still taken for an answer that came too late.
LATE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A scan of a temporary code, or words that may be about one."""

    push_key: bytes
    follower_id: int
    code: Stored | None = None
    words: str = ""
    at: datetime


def is_about_us(text: str) -> bool:
    """Say whether a message may be about a code or a binding."""
    said = _clean(text)
    is_keyword = said in words.UNBIND or said in words.CONFIRM_UNBINDING
    return is_keyword or FOUR_DIGITS.fullmatch(said) is not None


def answer(
    session: Session, account_id: int, heard: Sequence[Heard]
) -> Mapping[bytes, Mapping[str, Any]]:
    """Do what was asked for and return the replies by push; others have none of us."""
    query = select(ACCOUNTS.c.name, ACCOUNTS.c.chat_language)
    site = session.connection().execute(query.where(ACCOUNTS.c.id == account_id)).one()
    chat = _Chat(session, site.name, words.LANGUAGES[site.chat_language])
    replies = {one.push_key: chat.answer(one) for one in heard}
    return {
        key: {"kind": "text", "content": content}
        for key, content in replies.items()
        if content
    }


def _clean(text: str) -> str:
    # Keyboards for Chinese have digits of their own.
    return unicodedata.normalize("NFKC", text).strip().lower()


@dataclass(frozen=True)
class _Chat:
    """One batch's conversation with the followers of a site."""

    session: Session
    site: str
    say: Words

    def answer(self, heard: Heard) -> str | None:
        if heard.code is not None:
            return self._scanned(heard, heard.code)
        said = _clean(heard.words)
        if said in words.UNBIND:
            return self._asked_to_unbind(heard)
        if said in words.CONFIRM_UNBINDING:
            return self._unbind(heard)
        return self._typed(heard, said)

    def _scanned(self, heard: Heard, code: Stored) -> str:
        is_theirs = codes.claim(
            self.session, code, heard.follower_id, heard.push_key, at=heard.at
        )
        if not is_theirs:
            return self.say.spent
        if code.purpose == Purpose.SIGN_IN:
            return self._asked_to_sign_in(heard, code)
        if code.confirm_url is None:
            return self._fill(self.say.confirm, code)
        return self._fill(self.say.confirm_by_link, code, link=code.confirm_url)

    def _asked_to_sign_in(self, heard: Heard, code: Stored) -> str:
        """Say which of our users it is about; the page behind the link says more."""
        email = select(USERS.c.email).where(USERS.c.active)
        if code.user_id is not None:
            sentence = self.say.own_wechat
            email = email.where(USERS.c.id == code.user_id)
        else:
            sentence = self.say.sign_in
            email = email.where(
                PHONES.c.user_id == USERS.c.id,
                PHONES.c.follower_id == heard.follower_id,
            )
        user = self.session.connection().execute(email).scalar()
        if user is None:
            return self.say.unknown_user
        return self._name(sentence, user, link=code.confirm_url)

    def _typed(self, heard: Heard, digits: str) -> str | None:
        """Take the digits for an answer about the code that was scanned last."""
        code = self._last_code(heard.follower_id)
        if code is None or code.digits is None:
            return None
        is_right = hmac.compare_digest(code.digits.encode(), digits.encode())
        if heard.push_key not in _keys(code):
            if code.state != CodeState.SCANNED or heard.at >= code.expires_at + LATE:
                return None
            if heard.at >= code.expires_at:
                return self.say.spent
            self._try(heard, code, is_right=is_right)
            code = codes.read_code(self.session, code.id)
            if heard.push_key not in _keys(code):
                # Staff or a program cancelled it since we looked.
                return self.say.spent
        if is_right:
            is_bound = code.state == CodeState.CONSUMED
            return self._fill(self.say.bound if is_bound else self.say.taken, code)
        is_last = _keys(code).index(heard.push_key) == TRIES - 1
        return self.say.too_many if is_last else self.say.wrong

    def _try(self, heard: Heard, code: Stored, *, is_right: bool) -> None:
        typed = {"typed_keys": code.typed_keys + heard.push_key, "at": heard.at}
        if is_right:
            CONFIRMING[Purpose(code.purpose)](self.session, code, **typed)
            return
        is_last = len(_keys(code)) == TRIES - 1
        next_state = CodeState.REFUSED if is_last else CodeState.SCANNED
        codes.move(self.session, code.id, CodeState.SCANNED, next_state, **typed)

    def _last_code(self, follower_id: int) -> Stored | None:
        query = select(CODES).where(CODES.c.follower_id == follower_id)
        latest = query.order_by(CODES.c.scanned_at.desc(), CODES.c.id.desc()).limit(1)
        return self.session.connection().execute(latest).first()

    def _asked_to_unbind(self, heard: Heard) -> str | None:
        binding = bindings.find_of_follower(self.session, heard.follower_id)
        if binding is None:
            return None
        return self._name(self.say.confirm_unbinding, binding.member)

    def _unbind(self, heard: Heard) -> str | None:
        # A retry of the message that undid it is told so again.
        query = select(BINDINGS).where(BINDINGS.c.unbind_key == heard.push_key)
        binding = self.session.connection().execute(query).first()
        if binding is None:
            binding = bindings.find_of_follower(self.session, heard.follower_id)
            if binding is None:
                return None
            bindings.unbind(
                self.session,
                [heard.follower_id],
                by=UnboundBy.FOLLOWER,
                at=heard.at,
                push_key=heard.push_key,
            )
        return self._name(self.say.unbound, binding.member)

    def _fill(self, sentence: str, code: Stored, *, link: str = "") -> str:
        query = select(BINDINGS.c.member).where(BINDINGS.c.code_id == code.id)
        member = self.session.connection().execute(query).scalar_one()
        return self._name(sentence, member, link=link)

    def _name(self, sentence: str, member: str, *, link: str = "") -> str:
        names = {"site": _plain(self.site), "member": _plain(member)}
        return sentence % {**names, "link": link}


def _plain(name: str) -> str:
    """Return the name so that WeChat shows it as it is, and makes no link of it."""
    return name.replace("<", "＜").replace(">", "＞")


def _keys(code: Stored) -> list[bytes]:
    """Return the pushes that typed digits for the code, in order."""
    keys = bytes(code.typed_keys)
    return [keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES)]


#: What the right digits bring about.
CONFIRMING: Mapping[Purpose, Callable[..., bool]] = {Purpose.BIND: bindings.confirm}
