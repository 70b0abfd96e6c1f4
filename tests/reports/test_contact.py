"""A time in which WeChat could not reach us is unknown, which is not zero."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from tests import factories
from wxchannels.reports.comparison import earlier_figures
from wxchannels.reports.figures import Figures
from wxchannels.reports.periods import Period

WEEK = Period(date(2026, 3, 9), date(2026, 3, 15), "Asia/Shanghai")
NOW = datetime(2026, 3, 20, tzinfo=UTC)


def test_nothing_is_compared_with_a_week_before_the_first_contact(
    session: Session,
) -> None:
    connected = datetime(2026, 3, 5, tzinfo=UTC)
    account = factories.account(session, verified_at=connected)

    assert earlier_figures(session, account, WEEK, now=NOW) is None


def test_week_in_contact_in_which_nobody_came_is_zero(session: Session) -> None:
    connected = datetime(2026, 3, 1, 16, tzinfo=UTC)
    account = factories.account(session, verified_at=connected)

    earlier = earlier_figures(session, account, WEEK, now=NOW)

    assert earlier is not None
    assert earlier.total == Figures()
