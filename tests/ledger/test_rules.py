"""Which reply messages and menu buttons get."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.applications import statements
from wxchannels.ledger import inbox, rules
from wxchannels.ledger.answers import Answer, Origin
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.rules import Rule, Rulebook
from wxchannels.models import Account, Match, Trigger
from wxchannels.wechat.pushes import parse

FALLBACK = {"kind": "text", "content": "fallback"}
NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)


def rule(
    number: int, matching: Match, *words: str, answers: Trigger = Trigger.MESSAGE
) -> Rule:
    reply = {"kind": "text", "content": str(number)}
    return Rule(number, answers, matching, words, reply)


BOOK = Rulebook(
    [
        rule(1, Match.EQUALS, "菜单", "Menu"),
        rule(2, Match.CONTAINS, "退款", "refund"),
        rule(3, Match.PATTERN, r"^\d{6}$", "order ?[0-9]+"),
        rule(4, Match.EQUALS, "hours", "Menu", answers=Trigger.MENU),
        rule(5, Match.CONTAINS, "款"),
    ],
    FALLBACK,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("菜单", 1),
        (" ＭＥＮＵ ", 1),
        ("菜单？", None),
        ("我要退款", 2),
        ("A Refund please", 2),
        ("付款", 5),
        ("123456", 3),
        ("Order 12", 3),
        ("1234567", None),
        ("hours", None),
        ("", None),
    ],
)
def test_first_rule_that_fits_a_message_answers(text: str, number: int | None) -> None:
    answer = BOOK.answer(parse(pushes.text(text)))

    assert answer.rule_id == number
    expected = FALLBACK if number is None else {"kind": "text", "content": str(number)}
    assert answer.reply == expected
    assert answer.origin == (Origin.FALLBACK if number is None else Origin.RULE)


@pytest.mark.parametrize(
    ("name", "key", "number"),
    [
        ("CLICK", "hours", 4),
        ("CLICK", "Menu", 4),
        ("CLICK", "menu", None),
        ("CLICK", "退款", None),
        ("CLICK", "", None),
        ("scancode_waitmsg", "hours", 4),
        ("pic_weixin", "hours", 4),
        ("location_select", "hours", 4),
        ("VIEW", "hours", None),
        ("LOCATION", "hours", None),
        ("unsubscribe", "hours", None),
        ("TEMPLATESENDJOBFINISH", "hours", None),
        ("debug_demo", "hours", None),
    ],
)
def test_buttons_are_answered_by_their_very_key(
    name: str, key: str, number: int | None
) -> None:
    answer = BOOK.answer(parse(pushes.event(name, key)))

    assert answer.rule_id == number
    assert (answer.reply is None) == (number is None)


@pytest.mark.parametrize("kind", ["image", "voice", "video", "location", "link"])
def test_message_without_words_gets_the_reply_to_everything_else(kind: str) -> None:
    push = parse(pushes.text("菜单").replace(b"[text]", f"[{kind}]".encode()))

    assert BOOK.answer(push).reply == FALLBACK
    assert Rulebook(BOOK.rules, None).answer(push) == Answer()


def test_pattern_of_another_version_is_skipped() -> None:
    book = Rulebook(
        [rule(1, Match.PATTERN, "(?=a)"), rule(2, Match.PATTERN, "b")], FALLBACK
    )

    fits = book.answer(parse(pushes.text("b")))
    does_not = book.answer(parse(pushes.text("a")))

    assert (fits.rule_id, fits.skipped) == (2, (1,))
    assert (does_not.origin, does_not.skipped) == (Origin.FALLBACK, (1,))


def received(session: Session, account: Account, *bodies: bytes) -> list[Answer]:
    deliveries = [
        Delivery(push=parse(body), body=body, received_at=NOW) for body in bodies
    ]
    return inbox.receive(session, account.id, deliveries)


def test_account_is_answered_by_its_own_rules_that_are_on(
    session: Session, account: Account
) -> None:
    other = factories.account(session, "other")
    factories.rule(session, "hello", of=other, says="theirs")
    factories.rule(session, "hello", of=account, says="off", is_on=False)
    factories.rule(session, "hello", of=account, says="removed", removed_at=NOW)
    second = factories.rule(session, "hello", of=account, says="late", position=2)
    first = factories.rule(session, "hello", of=account, says="soon", position=1)

    [answer] = received(session, account, pushes.text("hello"))
    first.is_on = False
    session.commit()
    [after] = received(session, account, pushes.text("hello", message_id=2))

    assert (answer.reply, answer.rule_id) == (first.reply, first.id)
    assert (after.reply, after.rule_id) == (second.reply, second.id)


def test_message_that_comes_again_gets_the_same_answer(
    session: Session, account: Account
) -> None:
    factories.rule(session, "hello", of=account)
    account.reply_fallback = FALLBACK
    session.commit()

    batch = received(session, account, pushes.text("hello"), pushes.text("else"))
    again = received(session, account, pushes.text("hello"), pushes.text("else"))

    assert again == batch
    assert [answer.origin for answer in batch] == [Origin.RULE, Origin.FALLBACK]


def test_rules_are_read_only_where_something_asks_for_them(
    session: Session, account: Account
) -> None:
    factories.rule(session, "hello", of=account)
    silent = [
        pushes.subscribe(openid="a"),
        pushes.scan("x", openid="b"),
        pushes.unsubscribe(openid="c"),
        pushes.event("VIEW", "http://e.example", openid="d"),
    ]
    many = [pushes.text("hello", message_id=number) for number in range(5)]

    with statements(session.get_bind()) as asked:
        received(session, account, *silent)
    with statements(session.get_bind()) as asked_by_texts:
        received(session, account, *many)

    assert len([one for one in asked if "reply_rule" in one]) == 0
    assert len([one for one in asked_by_texts if "reply_rule" in one]) == 1


def test_no_rules_are_left_over_for_others() -> None:
    assert rules.NO_RULES.answer(parse(pushes.text("hello"))) == Answer()
