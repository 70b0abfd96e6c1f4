"""The ledger as a list."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories, pushes
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Account,
    EventClass,
    Kind,
)
from wxchannels.reports.events import list_events
from wxchannels.reports.periods import Period

NOON = factories.NOON
DAY = timedelta(days=1)


@pytest.fixture
def counter_id(session: Session, account: Account, client: FlaskClient) -> int:
    """Send a history: a new follow, a scan, an unfollow, a stranger's code, a follow
    without a code.
    """
    counter = factories.channel(session, name="Counter", of=account)
    factories.qrcode(session, scene="counter", of=counter)
    for body in (
        pushes.subscribe("counter", at=NOON),
        pushes.scan("counter", at=NOON + DAY),
        pushes.unsubscribe(at=NOON + 2 * DAY),
        pushes.subscribe("elsewhere", openid="bo", at=NOON + 3 * DAY),
        pushes.subscribe(openid="cy", at=NOON + 4 * DAY),
    ):
        assert client.post(pushes.signed(), data=body).status_code == 200
    session.rollback()
    return counter.id


def test_newest_comes_first_with_its_channel(
    session: Session, account: Account, counter_id: int
) -> None:
    page = list_events(session, account)

    assert [(event.kind, event.class_, event.row_id) for event in page.items] == [
        (Kind.FOLLOW, EventClass.NEW_FOLLOW, NO_CHANNEL),
        (Kind.FOLLOW, EventClass.NEW_FOLLOW, UNKNOWN_SCENE),
        (Kind.UNFOLLOW, EventClass.UNFOLLOW, counter_id),
        (Kind.SCAN, EventClass.FOLLOWER_SCAN, counter_id),
        (Kind.FOLLOW, EventClass.NEW_FOLLOW, counter_id),
    ]
    assert [event.channel_name for event in page.items] == ["", "", *["Counter"] * 3]
    assert [event.channel_id for event in page.items] == [None, None, *[counter_id] * 3]
    assert page.total == 5


@pytest.mark.usefixtures("counter_id")
def test_follow_knows_its_scene_and_when_it_ended(
    session: Session, account: Account
) -> None:
    follow = list_events(session, account).items[-1]

    assert follow.scene == "counter"
    assert follow.happened_at == NOON
    assert follow.lost_at == NOON + 2 * DAY


def test_list_is_narrowed_by_row_kind_and_class(
    session: Session, account: Account, counter_id: int
) -> None:
    by_row = list_events(session, account, row_id=counter_id)
    unknown = list_events(session, account, row_id=UNKNOWN_SCENE)
    by_kind = list_events(session, account, kind=Kind.FOLLOW)
    by_class = list_events(session, account, class_=EventClass.UNFOLLOW)

    totals = [page.total for page in (by_row, unknown, by_kind, by_class)]
    assert totals == [3, 1, 3, 1]
    assert [event.scene for event in unknown.items] == ["elsewhere"]


@pytest.mark.usefixtures("counter_id")
def test_pages_follow_each_other_and_end(session: Session, account: Account) -> None:
    first = list_events(session, account, page=1, page_size=2)
    last = list_events(session, account, page=3, page_size=2)
    behind = list_events(session, account, page=4, page_size=2)

    assert [len(page.items) for page in (first, last, behind)] == [2, 1, 0]
    assert last.items[0].happened_at == NOON
    assert {page.total for page in (first, last, behind)} == {5}


def test_period_ends_at_midnight_in_shanghai(
    session: Session, account: Account, client: FlaskClient
) -> None:
    last_second = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    for at, openid in ((last_second, "anna"), (last_second + DAY / 86400, "bo")):
        push = pushes.subscribe("x", openid=openid, at=at)
        assert client.post(pushes.signed(), data=push).status_code == 200
    period = Period(date(2026, 3, 2), date(2026, 3, 2), "Asia/Shanghai")

    session.rollback()
    page = list_events(session, account, period)

    assert [event.happened_at for event in page.items] == [last_second]


@pytest.mark.usefixtures("counter_id")
def test_another_accounts_events_are_not_listed(session: Session) -> None:
    other = factories.account(session, slug="other")

    page = list_events(session, other)

    assert (page.total, list(page.items)) == (0, [])
