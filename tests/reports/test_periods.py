"""Periods: what their names mean today, and what they are compared with."""

from datetime import UTC, date, datetime

import pytest

from wxchannels.paging import BadPageError, clip, parse_page
from wxchannels.reports.chart import BadIntervalError, Interval, parse_interval
from wxchannels.reports.export import csv_lines, harmless
from wxchannels.reports.periods import (
    BadDayError,
    BadPeriodError,
    BadPresetError,
    Period,
    Preset,
)
from wxchannels.reports.trends import thirty_days, trend_period

SHANGHAI = "Asia/Shanghai"
#: Monday the 2nd in London, and already Tuesday the 3rd in Shanghai.
NOW = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)


def days(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end), SHANGHAI)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("today", days("2026-03-03", "2026-03-03")),
        ("yesterday", days("2026-03-02", "2026-03-02")),
        ("7d", days("2026-02-25", "2026-03-03")),
        ("30d", days("2026-02-02", "2026-03-03")),
        ("month", days("2026-03-01", "2026-03-03")),
    ],
)
def test_names_go_by_the_accounts_calendar(name: str, expected: Period) -> None:
    period = Period.called(name, time_zone=SHANGHAI, now=NOW)

    assert period == expected
    assert period.name(NOW) == name


def test_other_days_have_no_name() -> None:
    assert days("2026-02-03", "2026-02-10").name(NOW) is None
    with pytest.raises(BadPresetError, match="week"):
        Period.called("week", time_zone=SHANGHAI, now=NOW)


def test_first_of_the_month_is_called_today() -> None:
    first = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)

    month = Period.called("month", time_zone=SHANGHAI, now=first)

    assert month.name(first) is Preset.TODAY


def test_neighbours_touch_and_are_as_long() -> None:
    week = days("2026-03-02", "2026-03-08")

    assert week.before == days("2026-02-23", "2026-03-01")
    assert week.after == days("2026-03-09", "2026-03-15")
    assert week.before.ends_at == week.begins_at


def test_period_is_unfinished_until_its_last_midnight() -> None:
    monday = days("2026-03-02", "2026-03-02")
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)

    assert monday.is_unfinished(datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC))
    assert not monday.is_unfinished(midnight)
    assert monday.moment_before(midnight) == monday.before.ends_at


def test_same_hour_is_told_by_the_clock_on_the_wall() -> None:
    # In Berlin the night before 2026-03-29 has an hour less.
    sunday = Period(date(2026, 3, 29), date(2026, 3, 29), "Europe/Berlin")
    at_noon = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)

    assert sunday.moment_before(at_noon) == datetime(2026, 3, 28, 11, 0, tzinfo=UTC)


def test_period_to_come_is_compared_with_nothing_yet() -> None:
    april = days("2026-04-01", "2026-04-30")

    assert april.moment_before(NOW) == april.before.begins_at


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        ("2026-03-02", "2026-03-01", BadPeriodError),
        ("2020-01-01", "2026-03-01", BadPeriodError),
        ("2026-3-2", "2026-03-03", BadDayError),
        ("20260302", "2026-03-03", BadDayError),
        ("2026-02-30", "2026-03-03", BadDayError),
        ("", "2026-03-03", BadDayError),
        ("0001-01-01", "0001-01-02", BadDayError),
        ("9999-12-31", "9999-12-31", BadDayError),
    ],
)
def test_days_that_make_no_period_are_refused(
    start: str, end: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        Period.parse(start, end, time_zone=SHANGHAI)


def test_trend_is_a_week_at_least_and_never_the_future() -> None:
    today = days("2026-03-03", "2026-03-03")
    month = days("2026-03-01", "2026-03-31")

    assert trend_period(today, NOW) == days("2026-02-25", "2026-03-03")
    assert trend_period(month, NOW) == days("2026-02-25", "2026-03-03")


def test_thirty_days_end_where_the_period_does_or_today() -> None:
    yesterday = days("2026-03-02", "2026-03-02")
    year = days("2026-01-01", "2026-12-31")

    assert thirty_days(yesterday, NOW) == days("2026-02-01", "2026-03-02")
    assert thirty_days(year, NOW) == days("2026-02-02", "2026-03-03")


def test_short_periods_go_by_the_hour() -> None:
    two, three = days("2026-03-02", "2026-03-03"), days("2026-03-01", "2026-03-03")

    assert parse_interval("", two) is Interval.HOUR
    assert parse_interval("", three) is Interval.DAY
    assert parse_interval("day", two) is Interval.DAY
    with pytest.raises(BadIntervalError):
        parse_interval("minute", two)


@pytest.mark.parametrize("text", ["0", "-1", "x", "1e3", "1_0", "١٢", "9" * 20])
def test_page_is_a_number_from_one(text: str) -> None:
    with pytest.raises(BadPageError):
        parse_page(text)


def test_page_behind_the_last_is_the_last() -> None:
    assert parse_page("") == 1
    assert parse_page("007") == 7
    assert clip(9, 50, 100) == 2
    assert clip(9, 50, 101) == 3
    assert clip(1, 50, 0) == 1


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1"]
)
def test_text_that_could_be_a_formula_stays_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_numbers_and_plain_texts_are_left_alone() -> None:
    lines = "".join(csv_lines([["店, a", "b"], [-5, None], ['"x"', "1-2"]]))

    assert lines == '\ufeff"店, a",b\r\n-5,\r\n"""x""",1-2\r\n'
