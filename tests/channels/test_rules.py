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
from wxchannels.channels.rule_patterns import (
    MOST_TOGETHER,
    BadCountError,
    BadRangeError,
    MatchesEverythingError,
    NothingToRepeatError,
    PatternTooLargeError,
    TooManyPatternsError,
    UnfinishedPatternError,
    UnsupportedPatternError,
)
from wxchannels.channels.rules import (
    KeyTooLongError,
    NoWordsError,
    RuleFields,
    RuleKindError,
    TooManyRulesError,
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
        ({"matching": "pattern", "words": "a{3,2}"}, BadCountError),
        ({"matching": "pattern", "words": r"\p{Han}{99}"}, PatternTooLargeError),
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
    rules.restore_rule(session, account, one)

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


#: Patterns that leave no room for one more of them.
LARGE = "a{900}\nb{900}"


def test_patterns_that_are_too_large_together_are_refused(
    session: Session, account: Account
) -> None:
    first = rules.add_rule(session, account, fields(matching="pattern", words=LARGE))

    with pytest.raises(TooManyPatternsError, match=f"{MOST_TOGETHER} are allowed"):
        rules.add_rule(session, account, fields(matching="pattern", words=LARGE))

    assert order(session, account) == ["a{900}"]
    # The rule itself is not counted twice, and words cost nothing.
    rules.edit_rule(session, account, first, fields(matching="pattern", words=LARGE))
    rules.add_rule(session, account, fields(words="z"))


def test_patterns_count_while_their_rule_is_on(
    session: Session, account: Account
) -> None:
    large = fields(matching="pattern", words=LARGE)
    other = factories.account(session, "other")
    rules.add_rule(session, other, large)
    first = rules.add_rule(session, account, large)
    rules.disable_rule(first)
    second = rules.add_rule(session, account, large)

    with pytest.raises(TooManyPatternsError):
        rules.enable_rule(session, account, first)
    # Off, it may be written all the same.
    rules.edit_rule(session, account, first, large)
    assert not first.is_on

    rules.remove_rule(second, at=factories.NOON)
    rules.enable_rule(session, account, first)
    with pytest.raises(TooManyPatternsError):
        rules.restore_rule(session, account, second)
    assert (first.is_on, second.removed_at) == (True, factories.NOON)

    rules.disable_rule(second)
    rules.restore_rule(session, account, second)
    assert second.removed_at is None


def test_change_to_patterns_that_are_too_large_changes_nothing(
    session: Session, account: Account
) -> None:
    large = fields(matching="pattern", words=LARGE)
    rules.add_rule(session, account, large)
    rule = rules.add_rule(session, account, fields())

    with pytest.raises(TooManyPatternsError):
        rules.edit_rule(session, account, rule, large)

    assert (rule.words, rule.matching) == (["退款", "退货"], Match.CONTAINS)


def test_pattern_that_cannot_be_used_any_more_takes_no_room(
    session: Session, account: Account
) -> None:
    factories.rule(session, "(?=a)", matching=Match.PATTERN)

    rules.add_rule(session, account, fields(matching="pattern", words=LARGE))

    assert order(session, account) == ["(?=a)", "a{900}"]
