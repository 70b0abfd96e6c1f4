"""Addresses made from the one being shown."""

import pytest
from flask import Flask

from wxchannels.web import links


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return an application without anything of ours: addresses need nothing."""
    return Flask(__name__)


def test_a_change_keeps_the_rest_of_the_view(app: Flask) -> None:
    with app.test_request_context("/main/channels?q=桌贴&tag=a&tag=b&sort=name"):
        address = links.query_url(sort="-scans")

    assert address == "/main/channels?q=%E6%A1%8C%E8%B4%B4&tag=a&tag=b&sort=-scans"


def test_whatever_changes_reading_starts_at_the_first_page(app: Flask) -> None:
    with app.test_request_context("/x?page=7&sort=name"):
        assert links.query_url(sort="scans") == "/x?sort=scans"
        assert links.query_url(page=8) == "/x?sort=name&page=8"


def test_none_takes_a_part_away_and_a_list_repeats_it(app: Flask) -> None:
    with app.test_request_context("/x?a=1&b=2"):
        assert links.query_url(a=None) == "/x?b=2"
        assert links.query_url(a=None, b=None) == "/x"
        assert links.query_url(b=["3", "4"], a=None) == "/x?b=3&b=4"


def test_one_comes_back_to_the_page_and_not_to_a_language(app: Flask) -> None:
    with app.test_request_context("/渠道?lang=en&q=a b"):
        assert links.here() == "/%E6%B8%A0%E9%81%93?q=a+b"
    with app.test_request_context("/x?lang=en"):
        assert links.here() == "/x"


def test_after_a_failed_form_one_comes_back_to_the_form(app: Flask) -> None:
    with app.test_request_context("/x?then=more", method="POST"):
        assert links.here() == "/x"


@pytest.mark.parametrize(
    ("page", "pages", "numbers"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (2, 8, [1, 2, 3, 4, None, 8]),
        (5, 9, [1, None, 3, 4, 5, 6, 7, None, 9]),
        (8, 8, [1, None, 6, 7, 8]),
    ],
)
def test_pages_far_away_are_left_out(
    page: int, pages: int, numbers: list[int | None]
) -> None:
    assert links.page_numbers(page, pages) == numbers
