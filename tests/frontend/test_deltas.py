"""How a figure compares with the one before."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from wxchannels.web.deltas import compare


@pytest.fixture(scope="module", autouse=True)
def _english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("now", "before", "text", "word"),
    [
        (355, 331, "+7.3%", "more"),
        (28, 32, "−12.5%", "fewer"),
        (3000, 10, "+29,900.0%", "more"),
        (7, 7, "0%", "no change"),
        (0, 0, "0%", "no change"),
        (0, 4, "−100.0%", "fewer"),
        # Halves away from zero, and nearly all is not all.
        (17, 16, "+6.3%", "more"),
        (1, 5000, "−99.98%", "fewer"),
    ],
)
def test_a_change_has_a_sign_and_a_word(
    now: int, before: int, text: str, word: str
) -> None:
    delta = compare("scans", now, before)

    assert (delta.text, delta.word) == (text, word)


def test_what_was_nothing_before_has_appeared() -> None:
    delta = compare("scans", 5, 0)

    assert (delta.text, delta.word) == ("", "new here")


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(100_001, 100_000, "+<0.1%"), (99_999, 100_000, "−<0.1%")],
)
def test_a_change_never_reads_as_none(now: int, before: int, text: str) -> None:
    assert compare("scans", now, before).text == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(12, -5, "+17"), (-12, 217, "−229"), (-3, 0, "−3"), (-2, -5, "+3")],
)
def test_around_zero_the_difference_is_shown(now: int, before: int, text: str) -> None:
    assert compare("net_follows", now, before).text == text


@pytest.mark.parametrize(
    ("metric", "now", "better"),
    [
        ("scans", 12, True),
        ("scans", 8, False),
        ("unfollows", 12, False),
        ("unfollows", 8, True),
        ("unfollow_rate", 8, True),
        ("scans", 10, None),
    ],
)
def test_more_unfollows_are_worse(metric: str, now: int, better: bool | None) -> None:  # noqa: FBT001 - a verdict
    assert compare(metric, now, 10).better is better
