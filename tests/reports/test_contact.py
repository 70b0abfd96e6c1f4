"""A time in which WeChat could not reach us is unknown, which is not zero."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.reports import story
from tests.reports.story import MONDAY, TUESDAY, Places, at
from wxchannels.models import Account
from wxchannels.reports.channel_page import row_summary
from wxchannels.reports.chart import Interval, period_chart
from wxchannels.reports.comparison import earlier_figures
from wxchannels.reports.figures import Figures
from wxchannels.reports.overview import today_so_far
from wxchannels.reports.periods import Period
from wxchannels.reports.table import Asked, report_table
from wxchannels.reports.trends import find_trends

SHANGHAI = "Asia/Shanghai"
WEEK = Period(date(2026, 3, 9), date(2026, 3, 15), SHANGHAI)
NOW = datetime(2026, 3, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_week_in_contact_in_which_nobody_came_is_zero(session: Session) -> None:
    connected = WEEK.before.begins_at
    account = factories.account(session, verified_at=connected)

    earlier = earlier_figures(session, account, WEEK, now=NOW)

    assert earlier is not None
    assert earlier.total == Figures()


def test_nothing_is_compared_with_a_week_that_is_known_in_part(
    session: Session, account: Account, client: FlaskClient
) -> None:
    channel = factories.channel(session, "Counter", of=account)
    factories.qrcode(session, "counter", of=channel)
    channel_id = channel.id
    account.verified_at = WEEK.before.begins_at + SECOND
    session.commit()
    session.rollback()
    friday = at(date(2026, 3, 6), "12:00:00")
    story.send(client, pushes.subscribe("counter", at=friday))

    session.rollback()
    one = row_summary(session, account, channel_id, WEEK, now=NOW)
    asked = Asked(search="Counter")

    assert earlier_figures(session, account, WEEK, now=NOW) is None
    assert report_table(session, account, WEEK, asked, now=NOW).earlier is None
    assert (one.earlier, one.before) == (None, None)


def test_rows_are_compared_where_the_account_is(session: Session) -> None:
    account = factories.account(session, verified_at=WEEK.before.begins_at)

    earlier = earlier_figures(session, account, WEEK, now=NOW, row_ids=[7])

    assert earlier is not None
    assert earlier.of(7) == Figures()


def test_nothing_is_compared_with_a_period_to_come(session: Session) -> None:
    account = factories.account(session, verified_at=WEEK.before.begins_at)
    early = WEEK.begins_at - SECOND

    assert earlier_figures(session, account, WEEK, now=early) is None


@pytest.mark.parametrize("clock", ["10:00:00", "20:00:00"])
def test_day_of_the_first_contact_is_no_yesterday(session: Session, clock: str) -> None:
    connected = at(MONDAY, "14:00:00")
    account = factories.account(session, verified_at=connected)

    today = today_so_far(session, account, now=at(TUESDAY, clock))

    assert today.yesterday is None


def test_hours_before_the_first_contact_are_unknown(session: Session) -> None:
    connected = at(MONDAY, "14:30:00")
    account = factories.account(session, verified_at=connected)
    monday = Period(MONDAY, MONDAY, SHANGHAI)

    hours = period_chart(session, account, monday, Interval.HOUR, now=NOW).points

    assert [hour.scans for hour in hours] == [None] * 14 + [0] * 10


def test_what_came_late_is_known_in_all_rows(
    session: Session, account: Account, places: Places
) -> None:
    account.verified_at = account.first_push_at = at(TUESDAY, "00:00:00")
    session.commit()
    days = Period(date(2026, 3, 1), TUESDAY, SHANGHAI)

    def scans(row_id: int) -> list[int | None]:
        of = (session, account, days, Interval.DAY)
        points = period_chart(*of, now=NOW, row_ids=[row_id]).points
        return [point.scans for point in points]

    assert scans(places.counter) == [None, 2, 2]
    # Nobody came by this row; of Monday the account was told.
    assert scans(10**6) == [None, 0, 0]


def test_small_drawings_have_gaps_where_nothing_is_known(
    session: Session, account: Account, places: Places
) -> None:
    account.verified_at = at(MONDAY, "08:00:00")
    session.commit()
    days = Period(date(2026, 2, 26), date(2026, 3, 4), SHANGHAI)
    table = report_table(session, account, days, Asked(search="o"), now=NOW)

    trends = find_trends(
        session, account, days, table.rows, now=NOW, narrowed_to=table.row_ids
    )

    assert trends.total == [None, None, None, None, 5, 1, 0]
    assert trends.rows[places.counter] == [None, None, None, None, 2, -1, 0]
    assert trends.narrowed == [None, None, None, None, 3, 1, 0]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("year", [2020, 2030])
def test_period_of_which_nothing_is_known_has_no_figures(
    session: Session, account: Account, year: int
) -> None:
    days = Period(date(year, 1, 1), date(year, 1, 7), SHANGHAI)

    table = report_table(session, account, days, Asked(search="Counter"), now=NOW)

    [row] = table.rows
    for each in (row, table.report.total, table.total):
        assert each is not None
        assert each.figure("scans") is None
        assert each.figure("scanners") is None
        assert each.figure("net_follows") is None
    # A state, whatever the period.
    assert table.report.total.figure("followers_now") == 6
