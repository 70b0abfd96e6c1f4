"""Marking a person as tester where staff find them: the log, and the person's data."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.ledger.model import table_of
from tests.reports import story
from tests.reports.story import AFTERWARDS, MONDAY, TUESDAY, Places
from tests.web.browser import Browser, sentences
from wxchannels.ledger import counters
from wxchannels.ledger.followers import find_follower
from wxchannels.models import Account, AuditEntry, Role, User
from wxchannels.reports.figures import channel_report
from wxchannels.reports.periods import Period

BOTH = Period(MONDAY, TUESDAY, "Asia/Shanghai")


@pytest.fixture
def anna(session: Session, account: Account, places: Places) -> int:
    """Return the number of somebody with four events."""
    del places
    person = find_follower(session, account, "anna")
    assert person
    number = person.id
    session.rollback()
    return number


def log_of(number: int) -> str:
    return f"/main/events?p=all&person={number}"


def figures(session: Session, account: Account) -> dict[str, tuple[int | None, ...]]:
    session.rollback()
    assert counters.check(session, account.id) == []
    return table_of(channel_report(session, account, BOTH, now=AFTERWARDS))


def acts(session: Session) -> list[tuple[str, int | None, object]]:
    session.rollback()
    query = select(AuditEntry).where(AuditEntry.action.like("person.%"))
    rows = session.scalars(query.order_by(AuditEntry.id))
    return [(one.action, one.subject_id, one.details) for one in rows]


def test_log_of_a_person_says_what_the_mark_does(reader: Browser, anna: int) -> None:
    page = sentences(reader.get(log_of(anna)))

    assert "Marked as tester, their 4 events and their presses of the menu" in page
    assert "First channel Counter" in page


def test_mark_takes_the_person_out_of_the_figures_and_off_brings_them_back(
    reader: Browser, session: Session, account: Account, anna: int
) -> None:
    before = figures(session, account)

    marked = reader.send(f"/main/testers/{anna}", page=log_of(anna))
    without = figures(session, account)
    page = reader.get(marked.location)
    undo = re.search(rf'"(/main/testers/{anna}/undo[^"]*)"', page.text)
    assert undo
    unmarked = reader.send(undo[1], page=marked.location)

    assert marked.location == f"{log_of(anna)}&testers=1"
    assert unmarked.location == log_of(anna)
    text = sentences(page)
    assert "Marked as tester: the person counts in no figure any more. Undo" in text
    assert "Tester: the 4 events of this person" in text
    assert text.count("…anna tester") == 4
    assert without["Counter"][0] == (before["Counter"][0] or 0) - 3
    assert figures(session, account) == before
    assert acts(session) == [
        ("person.mark_tester", anna, {}),
        ("person.unmark_tester", anna, {}),
    ]


def test_second_press_of_the_button_changes_nothing(
    reader: Browser, session: Session, account: Account, anna: int
) -> None:
    for _ in range(2):
        answer = reader.send(f"/main/testers/{anna}", page=log_of(anna))

    assert answer.status_code == 302
    assert acts(session) == [("person.mark_tester", anna, {})]
    assert figures(session, account)["Counter"][0] == 1


def test_person_is_marked_on_the_page_of_their_data_too(
    reader: Browser, anna: int
) -> None:
    data = f"/main/people-data/{anna}"
    shown = reader.get(data)

    marked = reader.send(f"/main/testers/{anna}?back=data", page=data)

    assert f"/main/testers/{anna}?back=data" in shown.text
    assert "First channel Counter" in sentences(shown)
    assert marked.location == data
    assert "Tester: the 4 events of this person" in sentences(reader.get(data))


def test_staff_mark_and_managers_only_see(
    browser: Browser, admit: Callable[..., User], anna: int
) -> None:
    admit("bea@example.com", Role.STAFF)
    admit("cleo@example.com", Role.MANAGER)
    browser.set_cookie("lang", "en")

    browser.sign_in("bea@example.com")
    marked = browser.send(f"/main/testers/{anna}", page=log_of(anna))
    browser.send("/sign-out", page="/profile")
    browser.sign_in("cleo@example.com")
    seen = browser.get(marked.location)
    refused = browser.send(f"/main/testers/{anna}/undo", page="/profile")

    assert "Tester: the 4 events of this person" in sentences(seen)
    assert "No longer a tester" not in seen.text
    assert refused.status_code == 404


def test_person_of_another_account_is_not_there(
    reader: Browser, session: Session, account: Account, anna: int
) -> None:
    factories.account(session, "other")
    before = figures(session, account)

    answer = reader.send(f"/other/testers/{anna}", page=log_of(anna))

    assert answer.status_code == 404
    assert "This person" not in reader.get(f"/other/events?p=all&person={anna}").text
    assert figures(session, account) == before


@pytest.mark.usefixtures("account")
def test_first_touch_may_be_no_channel_or_unknown(
    reader: Browser, client: FlaskClient, session: Session, account: Account
) -> None:
    story.send(client, pushes.subscribe(openid="search"))
    story.send(client, pushes.subscribe("elsewhere", openid="poster"))
    story.send(client, pushes.scan("elsewhere", openid="met"))

    def shown(openid: str) -> str:
        session.rollback()
        person = find_follower(session, account, openid)
        assert person
        return sentences(reader.get(log_of(person.id)))

    assert "First channel No channel ·" in shown("search")
    assert "First channel Unknown scene ·" in shown("poster")
    assert "First channel No follow of theirs has reached us." in shown("met")
