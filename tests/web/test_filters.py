"""How numbers, days and moments are written."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask, g
from time_machine import travel

from wxchannels.models import Account
from wxchannels.web import filters

#: In Shanghai this is already the next day.
EVENING = datetime(2026, 11, 11, 18, 32, 5, tzinfo=UTC)


@pytest.fixture
def page(app: Flask, account: Account) -> Iterator[None]:
    """Show a page of the account, in Chinese."""
    with app.test_request_context("/", headers={"Accept-Language": "zh"}):
        g.account = account
        yield


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    """Show a page of no account, in English."""
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234, "1,234"),
        (-5, "−5"),
        (None, "—"),
        (Decimal("1200.50"), "1,200.50"),
    ],
)
def test_a_number_is_exact(value: int | Decimal | None, text: str) -> None:
    assert filters.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(5, "+5"), (-1234, "−1,234"), (0, "0"), (None, "—")]
)
def test_a_difference_has_a_sign(value: int | None, text: str) -> None:
    assert filters.signed(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.154, "15.4%"),
        (0, "0.0%"),
        (1, "100.0%"),
        (-0.5, "−50.0%"),
        (None, "—"),
        # Halves as in a spreadsheet.
        (1 / 16, "6.3%"),
        (0.145, "14.5%"),
        (0.9995, "99.95%"),
        # Nearly all is not all, nearly none not none.
        (0.9996, "99.96%"),
        (2999999 / 3000000, "99.99997%"),
        (1 / 3000, "0.03%"),
    ],
)
def test_a_share_has_one_decimal(share: float | None, text: str) -> None:
    assert filters.percent(share) == text


@pytest.mark.usefixtures("page")
def test_moments_are_shown_in_the_zone_of_the_account() -> None:
    assert filters.day(EVENING) == "2026-11-12"
    assert filters.weekday(EVENING) == "周四"
    assert filters.clock_time(EVENING) == "02:32"
    assert filters.moment(EVENING) == "2026-11-12 02:32"


@pytest.mark.usefixtures("page")
def test_a_zone_that_is_named_counts_more_than_that_of_the_account() -> None:
    assert filters.moment(EVENING, "America/New_York") == "2026-11-11 13:32"


@pytest.mark.usefixtures("english")
def test_a_day_is_the_same_in_every_zone() -> None:
    assert filters.day(date(2026, 11, 12)) == "2026-11-12"
    assert filters.weekday(date(2026, 11, 12)) == "Thu"


def test_a_moment_that_is_not_there_is_a_dash() -> None:
    assert [
        filters.day(None),
        filters.clock_time(None),
        filters.moment(None),
        filters.ago(None),
    ] == ["—"] * 4


def test_machines_read_utc() -> None:
    assert filters.iso(EVENING) == "2026-11-11T18:32:05Z"


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=0), "0 秒前"),
        (timedelta(seconds=59), "59 秒前"),
        (timedelta(seconds=60), "1 分钟前"),
        (timedelta(minutes=59, seconds=59), "59 分钟前"),
        (timedelta(hours=1), "1 小时前"),
        (timedelta(hours=23, minutes=59), "23 小时前"),
        (timedelta(days=1), "2026-11-12 02:32"),
        (timedelta(seconds=-1), "2026-11-12 02:32"),
    ],
)
def test_what_was_a_day_ago_is_shown_as_a_moment(passed: timedelta, text: str) -> None:
    with travel(EVENING + passed, tick=False):
        assert filters.ago(EVENING) == text


@pytest.mark.usefixtures("english")
def test_one_is_singular_in_english() -> None:
    with travel(EVENING + timedelta(hours=1), tick=False):
        assert filters.ago(EVENING) == "1 hour ago"
    with travel(EVENING + timedelta(hours=2), tick=False):
        assert filters.ago(EVENING) == "2 hours ago"


@pytest.mark.usefixtures("page")
def test_a_zone_is_called_by_its_city() -> None:
    with travel(EVENING, tick=False):
        assert filters.zone_name() == "上海时间（UTC+8）"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Asia/Kolkata", "Kolkata time (UTC+5:30)"),
        ("America/New_York", "New York time (UTC−5)"),
    ],
)
def test_a_zone_says_how_far_it_is_from_utc(zone: str, name: str) -> None:
    with travel(EVENING, tick=False):
        assert filters.zone_name(zone) == name
