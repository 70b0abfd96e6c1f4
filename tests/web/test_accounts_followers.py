"""The import of the follower list on the account's page."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.web.browser import Browser, sentences
from wxchannels.models import (
    Account,
    AuditEntry,
    ListRun,
    ListRunKind,
    Task,
    TaskState,
)

CONNECT = "/main/connect"
ENGLISH = {"Accept-Language": "en"}


def page_of(browser: Browser) -> str:
    return sentences(browser.get(CONNECT, headers=ENGLISH))


def run(account: Account, **fields: object) -> ListRun:
    values = {"kind": ListRunKind.IMPORT, "started_at": NOON, **fields}
    return ListRun(account_id=account.id, **values)


def test_import_is_started_from_the_checklist(
    signed_in: Browser, session: Session, account: Account
) -> None:
    assert "Import now" in page_of(signed_in)

    answer = signed_in.send(f"{CONNECT}/followers", page=CONNECT)

    assert answer.headers["Location"].endswith("/main/connect#followers")
    [task] = session.scalars(select(Task))
    assert (task.kind, task.account_id) == ("import", account.id)
    assert session.scalars(select(AuditEntry.action)).all()[-1] == "followers.import"
    page = page_of(signed_in)
    assert "Importing" in page
    assert "Import now" not in page


def test_progress_is_shown_and_asked_for_again_soon(
    signed_in: Browser, session: Session, account: Account
) -> None:
    signed_in.send(f"{CONNECT}/followers", page=CONNECT)
    session.add(run(account, done=1200, total=23000))
    session.commit()

    page = signed_in.get(CONNECT, headers={**ENGLISH, "HX-Request": "true"})

    assert "1,200 of 23,000 followers" in sentences(page)
    assert "every 2s" in page.text


@pytest.mark.parametrize(
    ("state", "words", "button"),
    [
        (TaskState.DUE, "It is tried again by itself", False),
        (TaskState.PARKED, "48001", True),
    ],
)
def test_refusal_is_said_in_words(
    signed_in: Browser,
    session: Session,
    account: Account,
    state: TaskState,
    words: str,
    button: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    signed_in.send(f"{CONNECT}/followers", page=CONNECT)
    session.add(run(account, done=100, total=200))
    task = session.scalars(select(Task)).one()
    task.state, task.error, task.errcode = state, "api unauthorized", 48001
    session.commit()

    page = page_of(signed_in)

    assert words in page
    assert "48001" in page
    assert ("Go on" in page) is button


def test_finished_import_tells_of_the_last_night(
    signed_in: Browser, session: Session, account: Account
) -> None:
    account.followers_imported_at = NOON
    session.commit()
    fresh = page_of(signed_in)
    night = {"kind": ListRunKind.COMPARE, "finished_at": NOON, "total": 12000}
    session.add(run(account, **night, missed_follows=1, missed_unfollows=2))
    session.commit()

    page = page_of(signed_in)

    assert "Every night WeChat’s list is compared" in fresh
    assert "12,000 followers · 1 follow that no push told of · 2 unfollows" in page
