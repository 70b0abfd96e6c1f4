"""What pages say while an account's days are being counted again."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.web.browser import Browser, sentences
from tests.wire import wechat_on_the_wire
from wxchannels.models import Account, Recount, RecountReason, Task

SETTINGS = {
    "name": "半亩茶",
    "app_id": factories.APP_ID,
    "original_id": factories.ORIGINAL_ID,
    "mode": "plain",
    "time_zone": "Europe/Berlin",
}
SENTENCE = "everything is being counted again: 0 of 1 people"


@pytest.fixture
def moved(reader: Browser, client: FlaskClient) -> Browser:
    """Have somebody follow, then enter another zone in the account's settings."""
    client.post(pushes.signed(), data=pushes.subscribe())
    with wechat_on_the_wire():
        answer = reader.send("/main/settings", **SETTINGS)
    assert answer.status_code == 302
    return reader


@pytest.mark.parametrize("page", ["overview", "reports", "channels", "settings"])
def test_pages_say_that_days_are_counted_again(moved: Browser, page: str) -> None:
    assert SENTENCE in sentences(moved.get(f"/main/{page}"))


def test_worker_is_asked_to_do_it(moved: Browser, session: Session) -> None:
    del moved
    session.rollback()
    recounts = select(Task.subject).where(Task.kind == "recount")
    assert session.scalars(recounts).all() == ["days"]


def test_pages_say_nothing_once_it_is_done(moved: Browser, session: Session) -> None:
    session.rollback()
    session.execute(update(Recount).values(finished_at=factories.NOON))
    session.commit()

    assert "counted again:" not in sentences(moved.get("/main/reports"))


def test_pages_say_nothing_of_a_recount_that_moves_no_day(
    moved: Browser, session: Session
) -> None:
    session.rollback()
    session.execute(update(Recount).values(reason=RecountReason.ASKED))
    session.commit()

    assert "counted again:" not in sentences(moved.get("/main/reports"))


def test_other_accounts_pages_say_nothing(moved: Browser, session: Session) -> None:
    other: Account = factories.account(session, "other")

    assert "counted again:" not in sentences(moved.get(f"/{other.slug}/reports"))
