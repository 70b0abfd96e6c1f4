"""What messages and menu buttons are answered: by the account's rules, in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from wxchannels.ledger.answers import Answer, Origin, Reply
from wxchannels.models import Match, ReplyRule, Trigger
from wxchannels.patterns import PatternError, compile_pattern, plain
from wxchannels.wechat.pushes import (
    Clicked,
    ImageMessage,
    LinkMessage,
    LocationMessage,
    LocationSelected,
    PicturesSent,
    Push,
    ScanCodePushed,
    TextMessage,
    VideoMessage,
    VoiceMessage,
)

TABLE = ReplyRule.__table__
RULES = (
    select(*(TABLE.c[name] for name in ("id", "answers", "matching", "words", "reply")))
    .where(TABLE.c.account_id == bindparam("account_id"))
    .where(TABLE.c.is_on, TABLE.c.removed_at.is_(None))
    .order_by(TABLE.c.position, TABLE.c.id)
)
#: What WeChat shows a reply to, beside follows and scans (wechat.md 5.1).
KEYED = (Clicked, ScanCodePushed, PicturesSent, LocationSelected)
WORDLESS = (ImageMessage, VoiceMessage, VideoMessage, LocationMessage, LinkMessage)
ASKING = (TextMessage, *KEYED, *WORDLESS)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that is on."""

    id: int
    answers: Trigger
    matching: Match
    words: Sequence[str]
    reply: Reply


@dataclass(frozen=True)
class Rulebook:
    """An account's rules, and its reply to messages that none of them fits."""

    rules: Sequence[Rule]
    fallback: Reply | None

    def answer(self, push: Push) -> Answer:
        """Return the answer to `push`; the same every time it comes."""
        if isinstance(push, TextMessage):
            return self._answer_words(push.content)
        if isinstance(push, KEYED):
            return self._answer_key(push.event_key)
        return self._fall_back() if isinstance(push, WORDLESS) else Answer()

    def _answer_words(self, content: str) -> Answer:
        text = plain(content)
        skipped: list[int] = []
        for rule in self.rules:
            try:
                if rule.answers == Trigger.MESSAGE and _fits(rule, text):
                    return _say(rule, skipped)
            except PatternError:
                # It was written for another version of RE2.
                skipped.append(rule.id)
        return self._fall_back(skipped)

    def _answer_key(self, key: str) -> Answer:
        for rule in self.rules:
            if rule.answers == Trigger.MENU and key in rule.words:
                return _say(rule)
        return Answer()

    def _fall_back(self, skipped: Iterable[int] = ()) -> Answer:
        origin = Origin.FALLBACK if self.fallback else None
        return Answer(reply=self.fallback, origin=origin, skipped=tuple(skipped))


NO_RULES = Rulebook((), None)


def read_for(
    session: Session,
    account_id: int,
    pushes: Iterable[Push],
    fallback: Reply | None,
) -> Rulebook:
    """Return the account's rules that are on, read only where a push asks for them."""
    if not any(isinstance(push, ASKING) for push in pushes):
        return NO_RULES
    rows = session.connection().execute(RULES, {"account_id": account_id})
    return Rulebook([Rule(*row) for row in rows], fallback)


def _fits(rule: Rule, text: str) -> bool:
    match rule.matching:
        case Match.EQUALS:
            return any(plain(word) == text for word in rule.words)
        case Match.CONTAINS:
            return any(plain(word) in text for word in rule.words)
        case Match.PATTERN:
            return any(compile_pattern(word).is_found_in(text) for word in rule.words)


def _say(rule: Rule, skipped: Iterable[int] = ()) -> Answer:
    return Answer(
        reply=rule.reply, origin=Origin.RULE, rule_id=rule.id, skipped=tuple(skipped)
    )
