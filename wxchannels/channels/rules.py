"""Rules for what messages and menu buttons are answered: written, ordered, removed.

`ledger/rules.py` decides by them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wxchannels.channels.channels import HIGHEST_ID
from wxchannels.channels.replies import ReplyMissingError, check_reply
from wxchannels.channels.rule_patterns import check_pattern, check_together
from wxchannels.channels.variables import WITHOUT_CHANNEL
from wxchannels.channels.words import has_control_characters, unique
from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.models import Account, Match, ReplyRule, Trigger

MOST_RULES = 200
MOST_WORDS = 20
WORD_LENGTH = 100
#: WeChat's own limit for a button (wechat.md 6).
KEY_BYTES = 128


class RuleFields(TypedDict):
    """What a form says about a rule; `words` has one in each line."""

    answers: str
    matching: str
    words: str
    reply: object


class RuleKindError(DomainError):
    """A form of ours offers no others."""

    sentence = N_("Choose what the rule answers and how its words are matched.")
    field = "matching"


class NoWordsError(DomainError):
    """A rule without words would never answer."""

    sentence = N_("Write at least one.")
    field = "words"


class WordsError(DomainError):
    """Words are looked through with every message."""

    sentence = N_("A rule has up to 20 lines of at most 100 characters.")
    field = "words"


class KeyTooLongError(DomainError):
    """No button can have such a key."""

    sentence = N_("The key of a menu button has at most 128 bytes.")
    field = "words"


class TooManyRulesError(DomainError):
    """All rules are looked at with every message."""

    sentence = N_("An account has up to 200 rules. Remove one that is not needed.")


def list_rules(session: Session, account: Account) -> Sequence[ReplyRule]:
    """Return the account's rules in the order in which they are looked at."""
    query = select(ReplyRule).where(ReplyRule.account_id == account.id)
    kept = query.where(ReplyRule.removed_at.is_(None))
    return session.scalars(kept.order_by(ReplyRule.position, ReplyRule.id)).all()


def get_rule(session: Session, account: Account, rule_id: int) -> ReplyRule:
    """Return the account's rule, or raise `NotFoundError`; so for a removed one."""
    rule = get_kept_rule(session, account, rule_id)
    if rule.removed_at is not None:
        raise NotFoundError
    return rule


def get_kept_rule(session: Session, account: Account, rule_id: int) -> ReplyRule:
    """Return the account's rule, removed or not, or raise `NotFoundError`."""
    rule = session.get(ReplyRule, rule_id) if rule_id <= HIGHEST_ID else None
    if rule is None or rule.account_id != account.id:
        raise NotFoundError
    return rule


def add_rule(session: Session, account: Account, fields: RuleFields) -> ReplyRule:
    """Add a rule, which is looked at after all others."""
    rule = ReplyRule(account_id=account.id, is_on=True, position=0)
    edit_rule(session, account, rule, fields)
    if len(list_rules(session, account)) >= MOST_RULES:
        raise TooManyRulesError
    last = select(func.max(ReplyRule.position))
    last = last.where(ReplyRule.account_id == account.id)
    rule.position = (session.scalar(last) or 0) + 1
    session.add(rule)
    session.flush()
    return rule


def edit_rule(
    session: Session, account: Account, rule: ReplyRule, fields: RuleFields
) -> None:
    """Change the rule as `fields` say, or refuse them."""
    try:
        answers = Trigger(fields["answers"])
        # A button's key is the same or another; there is nothing to look for in it.
        is_key = answers is Trigger.MENU
        matching = Match.EQUALS if is_key else Match(fields["matching"])
    except ValueError as error:
        raise RuleKindError from error
    words = check_words(fields["words"], answers, matching)
    reply = check_reply("reply", fields["reply"], known=WITHOUT_CHANNEL)
    if reply is None:
        raise ReplyMissingError("reply", "content")
    if rule.is_on and matching is Match.PATTERN:
        _check_room(session, account, rule, words)
    rule.answers, rule.matching, rule.words, rule.reply = (
        answers,
        matching,
        words,
        reply,
    )


def check_words(text: str, answers: Trigger, matching: Match) -> list[str]:
    """Return the lines of `text`, each once, as a rule keeps them."""
    words = unique(line.strip() for line in text.splitlines())
    if not words:
        raise NoWordsError
    if len(words) > MOST_WORDS or any(len(word) > WORD_LENGTH for word in words):
        raise WordsError
    if any(has_control_characters(word, allowed="\t") for word in words):
        raise WordsError
    if answers is Trigger.MENU and any(len(w.encode()) > KEY_BYTES for w in words):
        raise KeyTooLongError
    if matching is Match.PATTERN:
        for word in words:
            check_pattern(word)
    return words


def move_rule(session: Session, account: Account, rule: ReplyRule, by: int) -> None:
    """Move the rule up (−1) or down (1), if there is room."""
    rules = list(list_rules(session, account))
    to = rules.index(rule) + by
    if 0 <= to < len(rules):
        rules.remove(rule)
        rules.insert(to, rule)
    # Numbered anew: equal positions may be left of two who added rules at once.
    for position, one in enumerate(rules, start=1):
        one.position = position


def enable_rule(session: Session, account: Account, rule: ReplyRule) -> None:
    """Let the rule answer, or refuse where its patterns are too much."""
    if rule.matching == Match.PATTERN:
        _check_room(session, account, rule, rule.words)
    rule.is_on = True


def disable_rule(rule: ReplyRule) -> None:
    """Let the rule answer nothing for the time being."""
    rule.is_on = False


def remove_rule(rule: ReplyRule, *, at: datetime) -> None:
    """Take the rule away. It can be put back."""
    rule.removed_at = rule.removed_at or at


def restore_rule(session: Session, account: Account, rule: ReplyRule) -> None:
    """Put a removed rule back where it was; its patterns may be too much by now."""
    if rule.is_on:
        enable_rule(session, account, rule)
    rule.removed_at = None


def change_fallback(account: Account, given: object) -> None:
    """Set what messages are answered that no rule fits; an empty text for nothing."""
    account.reply_fallback = check_reply("reply", given, known=WITHOUT_CHANNEL)


def _check_room(
    session: Session, account: Account, rule: ReplyRule, words: Sequence[str]
) -> None:
    """Refuse `words` as patterns of the rule that are too large beside the others'."""
    others = (one for one in list_rules(session, account) if one is not rule)
    check_together(words, others)
