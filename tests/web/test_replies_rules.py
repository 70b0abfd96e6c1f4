"""The pages on which staff write rules, and try out what people get."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from tests.menus.menus import CLICK
from tests.web.browser import Browser, sentences
from wxchannels.menus.publishing import record_publication
from wxchannels.models import Account, AuditEntry, Match, ReplyRule

RULE = {
    "answers": "message",
    "matching": "contains",
    "words": "退款\n退货",
    "reply-content": "请联系客服",
}


def stored(session: Session) -> list[ReplyRule]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(ReplyRule).order_by(ReplyRule.position)))


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_empty_page_teaches(reader: Browser) -> None:
    page = sentences(reader.get("/main/replies/rules"))

    assert "No rules yet" in page
    assert "WeChat’s console has switched its own off." in page


def test_rule_is_written_and_listed(reader: Browser, session: Session) -> None:
    answer = reader.send("/main/replies/rules/new", **RULE)

    [rule] = stored(session)
    page = sentences(reader.get("/main/replies/rules"))
    assert answer.location == "/main/replies/rules"
    assert rule.words == ["退款", "退货"]
    assert "Message contains 退款 退货" in page
    assert "请联系客服" in page
    assert actions(session)[-1] == "reply_rule.add"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"words": ""}, "words", "Write at least one."),
        ({"matching": "pattern", "words": "a("}, "words", "no other half"),
        ({"matching": "pattern", "words": "(?=a)"}, "words", "“(?=” is not supported"),
        ({"matching": "like"}, "matching", "Choose what the rule answers"),
        ({"reply-content": ""}, "reply-content", "Fill this in"),
        ({"reply-content": "{channel}"}, "reply-content", "There is no {channel} here"),
        ({"reply-kind": "image"}, "reply-media_id", "Fill this in"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_stays_there(
    reader: Browser, session: Session, changes: dict[str, str], field: str, said: str
) -> None:
    answer = reader.send("/main/replies/rules/new", **{**RULE, **changes})

    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert said in sentences(answer)
    assert changes.get("words", "退货") in answer.text
    assert stored(session) == []


def test_rule_is_shown_and_changed(reader: Browser, session: Session) -> None:
    rule = factories.rule(session, r"^\d+$", matching=Match.PATTERN)
    page = reader.get(f"/main/replies/rules/{rule.id}/edit").text

    reader.send(f"/main/replies/rules/{rule.id}/edit", **RULE)

    assert r"^\d+$</textarea>" in page
    assert re.search(r'<input[^>]+checked[^>]+value="pattern"', page)
    [changed] = stored(session)
    assert (changed.words, changed.matching) == (["退款", "退货"], "contains")


def test_rules_are_ordered_switched_removed_and_put_back(
    reader: Browser, session: Session
) -> None:
    first = factories.rule(session, "first", position=1)
    second = factories.rule(session, "second", position=2)
    page = "/main/replies/rules"

    reader.send(f"{page}/{second.id}/up", page=page)
    reader.send(f"{page}/{first.id}/off", page=page)
    removed = reader.send(f"{page}/{second.id}/remove", page=page)

    assert [rule.words[0] for rule in stored(session)] == ["second", "first"]
    shown = reader.get(removed.location)
    assert "second" not in sentences(shown)
    assert "Disabled" in sentences(shown)
    assert f'action="{page}/{second.id}/restore"' in shown.text
    reader.send(f"{page}/{second.id}/restore", page=page)
    reader.send(f"{page}/{first.id}/on", page=page)
    assert all(rule.removed_at is None and rule.is_on for rule in stored(session))
    assert actions(session)[-5:] == [
        "reply_rule.move",
        "reply_rule.off",
        "reply_rule.remove",
        "reply_rule.restore",
        "reply_rule.on",
    ]


@pytest.mark.parametrize("act", ["up", "down", "on", "off", "edit"])
def test_rule_that_was_removed_in_another_tab_is_not_there(
    reader: Browser, session: Session, act: str
) -> None:
    page = "/main/replies/rules"
    rule = factories.rule(session, "gone", removed_at=NOON)

    answer = reader.send(f"{page}/{rule.id}/{act}", page=page, **RULE)

    assert answer.status_code == 404
    assert stored(session)[0].words == ["gone"]
    assert reader.send(f"{page}/{rule.id}/remove", page=page).status_code == 302


def test_reply_to_everything_else_is_changed(
    reader: Browser, session: Session, account: Account
) -> None:
    page = "/main/replies/rules"
    fallback = f"{page}/fallback"

    wrong = reader.send(fallback, page=page, **{"reply-content": "{shop}"})
    right = reader.send(
        fallback, page=page, **{"reply-kind": "transfer_customer_service"}
    )

    session.refresh(account)
    assert wrong.status_code == 422
    assert "There is no {shop} here" in sentences(wrong)
    assert right.status_code == 302
    assert account.reply_fallback == {
        "kind": "transfer_customer_service",
        "account": None,
    }


def test_patterns_that_are_too_large_together_are_told(
    reader: Browser, session: Session
) -> None:
    large = ("a{900}", "b{900}")
    factories.rule(session, *large, matching=Match.PATTERN)
    off = factories.rule(session, *large, matching=Match.PATTERN, is_on=False)
    gone = factories.rule(session, *large, matching=Match.PATTERN, removed_at=NOON)
    page, told = "/main/replies/rules", "Shorten one, disable a rule"

    enabled = reader.send(f"{page}/{off.id}/on", page=page)
    assert told in sentences(reader.get(enabled.location))
    restored = reader.send(f"{page}/{gone.id}/restore", page=page)
    assert told in sentences(reader.get(restored.location))

    assert [(rule.is_on, rule.removed_at) for rule in stored(session)] == [
        (True, None),
        (False, None),
        (True, NOON),
    ]
    assert "reply_rule.on" not in actions(session)


def test_buttons_without_an_answer_are_named_and_lead_to_a_rule(
    reader: Browser, session: Session, account: Account
) -> None:
    record_publication(session, account, (CLICK,), by="bo@example.com", at=NOON)
    session.commit()

    page = reader.get("/main/replies/rules")
    form = reader.get("/main/replies/rules/new?key=ORDER").text

    assert "Write one for “点单”" in sentences(page)
    assert 'href="/main/replies/rules/new?key=ORDER"' in page.text
    assert re.search(r'<input[^>]+checked[^>]+value="menu"', form)
    assert "ORDER</textarea>" in form


@pytest.mark.parametrize("path", ["999/edit", "2147483648/edit"])
def test_rule_that_is_not_there_is_not_found(reader: Browser, path: str) -> None:
    assert reader.get(f"/main/replies/rules/{path}").status_code == 404


# --- trying out -----------------------------------------------------------------


def tried(browser: Browser, **asked: str) -> str:
    return sentences(browser.get("/main/replies/try", query_string=asked))


def test_page_waits_for_a_choice(reader: Browser) -> None:
    assert "Choose what the person does" in tried(reader)


def test_message_names_the_rule_that_won(reader: Browser, session: Session) -> None:
    factories.rule(session, "退款", says="the answer")

    page = tried(reader, event="message", text="我要退款")

    assert "the answer" in page
    assert "This rule is the first that fits. Message contains 退款" in page


def test_fallback_and_nothing_are_told_apart(
    reader: Browser, session: Session, account: Account
) -> None:
    nothing = tried(reader, event="message", text="hi")
    account.reply_fallback = {"kind": "text", "content": "else"}
    session.commit()

    something = tried(reader, event="message", text="hi")

    assert "No reply" in nothing
    assert "there is no reply to all other messages" in nothing
    assert "this is the reply to all other messages" in something


def test_channel_is_filled_in_and_named(reader: Browser, session: Session) -> None:
    channel = factories.channel(
        session, "静安寺店", reply_new={"kind": "text", "content": "Hi, {channel}!"}
    )
    factories.qrcode(session, of=channel)

    own = tried(reader, event="follow", channel="静安寺店")
    default = tried(reader, event="scan", channel="静安寺店")

    assert "Hi, 静安寺店!" in own
    assert "The channel has a reply of its own" in own
    assert "The channel has no reply of its own for this" in default


def test_channel_that_is_not_there_is_said_at_its_field(reader: Browser) -> None:
    page = reader.get("/main/replies/try?event=follow&channel=nowhere")

    assert 'id="channel-e"' in page.text
    assert "There is no channel of this name." in sentences(page)


def test_message_that_may_be_about_a_binding_is_pointed_out(reader: Browser) -> None:
    assert "about a binding" in tried(reader, event="message", text="1234")


def test_skipped_rule_is_named(reader: Browser, session: Session) -> None:
    rule = factories.rule(session, "(?=a)", matching=Match.PATTERN)

    answer = reader.get("/main/replies/try?event=message&text=a")

    page = sentences(answer)
    assert "Skipped, because a pattern of it cannot be used any more" in page
    assert f'href="/main/replies/rules/{rule.id}/edit"' in answer.text
