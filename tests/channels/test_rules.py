"""Rules as they are written, ordered and removed."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.channels import rules
from wxchannels.channels.replies import (
    BadReplyError,
    ReplyMissingError,
    UnknownVariableError,
)
from wxchannels.channels.rules import (
    BadRangeError,
    KeyTooLongError,
    MatchesEverythingError,
    NothingToRepeatError,
    NoWordsError,
    PatternTooLargeError,
    RuleFields,
    RuleKindError,
    TooManyRulesError,
    UnfinishedPatternError,
    UnsupportedPatternError,
    WordsError,
)
from wxchannels.errors import DomainError, NotFoundError
from wxchannels.models import Account, Match, Trigger


def fields(**changes: object) -> RuleFields:
    values: dict[str, Any] = {
        "answers": "message",
        "matching": "contains",
        "words": "退款\n退货",
        "reply": "请联系客服",
    }
    return RuleFields(**{**values, **changes})  # type: ignore[typeddict-item]


def order(session: Session, account: Account) -> list[str]:
    return [rule.words[0] for rule in rules.list_rules(session, account)]


def test_rule_is_added_behind_the_others(session: Session, account: Account) -> None:
    rules.add_rule(session, account, fields())

    last = rules.add_rule(session, account, fields(words=" a \r\n\r\nb\na"))

    assert order(session, account) == ["退款", "a"]
    assert (last.answers, last.matching) == (Trigger.MESSAGE, Match.CONTAINS)
    assert last.words == ["a", "b"]
    assert last.reply == {"kind": "text", "content": "请联系客服"}


def test_key_of_a_button_is_only_ever_equal(session: Session, account: Account) -> None:
    rule = rules.add_rule(session, account, fields(answers="menu", matching="pattern"))

    assert rule.matching == Match.EQUALS


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"answers": "call"}, RuleKindError),
        ({"matching": "like"}, RuleKindError),
        ({"words": " \n "}, NoWordsError),
        ({"words": "x" * 101}, WordsError),
        ({"words": "\n".join(map(str, range(21)))}, WordsError),
        ({"words": "a\x00"}, WordsError),
        ({"answers": "menu", "words": "键" * 43}, KeyTooLongError),
        ({"reply": ""}, ReplyMissingError),
        ({"reply": {"kind": "image"}}, BadReplyError),
        ({"reply": "{channel}"}, UnknownVariableError),
        ({"matching": "pattern", "words": "a("}, UnfinishedPatternError),
        ({"matching": "pattern", "words": "fine\n(?=a)"}, UnsupportedPatternError),
        ({"matching": "pattern", "words": "*"}, NothingToRepeatError),
        ({"matching": "pattern", "words": "[z-a]"}, BadRangeError),
        ({"matching": "pattern", "words": "a{101}"}, PatternTooLargeError),
        ({"matching": "pattern", "words": ".*"}, MatchesEverythingError),
    ],
)
def test_what_is_no_rule_is_refused_and_none_is_left(
    session: Session,
    account: Account,
    changes: dict[str, object],
    error: type[DomainError],
) -> None:
    with pytest.raises(error):
        rules.add_rule(session, account, fields(**changes))

    assert order(session, account) == []


def test_there_is_an_end_to_rules(
    session: Session, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_RULES", 1)
    first = rules.add_rule(session, account, fields())

    with pytest.raises(TooManyRulesError):
        rules.add_rule(session, account, fields())

    rules.remove_rule(first, at=factories.NOON)
    rules.add_rule(session, account, fields(words="b"))
    assert order(session, account) == ["b"]


def test_rules_move_as_far_as_there_is_room(session: Session, account: Account) -> None:
    a, b, c = (factories.rule(session, name) for name in "abc")

    rules.move_rule(session, account, c, -1)
    assert order(session, account) == ["a", "c", "b"]
    rules.move_rule(session, account, a, -1)
    rules.move_rule(session, account, b, 1)
    assert order(session, account) == ["a", "c", "b"]
    rules.move_rule(session, account, a, 1)
    assert order(session, account) == ["c", "a", "b"]


def test_removed_rule_comes_back_to_its_place(
    session: Session, account: Account
) -> None:
    one = factories.rule(session, "a", position=1)
    factories.rule(session, "b", position=2)

    rules.remove_rule(one, at=factories.NOON)
    assert order(session, account) == ["b"]
    rules.restore_rule(one)

    assert order(session, account) == ["a", "b"]


def test_rule_of_another_account_does_not_exist(
    session: Session, account: Account
) -> None:
    other = factories.account(session, "other")
    theirs = factories.rule(session, "a", of=other)

    for rule_id in (theirs.id, 4711, 2**31):
        with pytest.raises(NotFoundError):
            rules.get_rule(session, account, rule_id)


def test_reply_to_everything_else_is_checked(
    session: Session, account: Account
) -> None:
    rules.change_fallback(account, "hello")
    session.flush()

    with pytest.raises(UnknownVariableError):
        rules.change_fallback(account, "{channel}")

    assert account.reply_fallback == {"kind": "text", "content": "hello"}
    rules.change_fallback(account, "")
    assert account.reply_fallback is None


def test_rules_behind_too_many_patterns_are_named(
    session: Session, account: Account
) -> None:
    wide = Match.PATTERN
    first = factories.rule(session, "a{90}", position=1, matching=wide)
    factories.rule(session, "b{90}", position=2, is_on=False, matching=wide)
    plain = factories.rule(session, "c", position=3)
    late = factories.rule(session, "d{90}", position=4, matching=wide)
    listed = rules.list_rules(session, account)

    assert rules.may_be_skipped(listed) == {late.id}
    assert {first.id, plain.id}.isdisjoint(rules.may_be_skipped(listed))
