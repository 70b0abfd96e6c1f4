"""When failed work is tried again, and when it needs a person."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import NOON
from wxchannels.outbox import patience
from wxchannels.outbox.leases import Trouble
from wxchannels.wechat.errors import WeChatUnavailableError, refusal

SECONDS = timedelta(seconds=1)
DOWN = WeChatUnavailableError("/cgi-bin/user/info: busy")


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 30), (2, 60), (3, 120), (9, 7680), (10, 10_800)]
)
def test_pause_doubles_up_to_three_hours(tries: int, seconds: int) -> None:
    again = patience.next_try(DOWN, tries, now=NOON)

    assert again == NOON + seconds * SECONDS


def test_tries_are_bounded() -> None:
    assert patience.next_try(DOWN, 15, now=NOON) is not None
    assert patience.next_try(DOWN, 16, now=NOON) is None


def test_quota_of_the_day_is_tried_after_midnight_in_beijing() -> None:
    last_minute = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)

    again = patience.next_try(refusal(45009, "quota"), 1, now=last_minute)

    assert again == datetime(2026, 3, 2, 16, 5, tzinfo=UTC)


def test_quota_of_the_minute_waits_more_than_a_minute() -> None:
    refused = refusal(45011, "too often")

    assert patience.next_try(refused, 1, now=NOON) == NOON + 75 * SECONDS
    assert patience.next_try(refused, 4, now=NOON) == NOON + 240 * SECONDS


@pytest.mark.parametrize("errcode", [40013, 40125, 40164, 40243, 48001, 50002, 40003])
def test_what_only_a_person_can_change_is_parked_at_once(errcode: int) -> None:
    assert patience.next_try(refusal(errcode), 1, now=NOON) is None


def test_stale_token_and_our_own_mistakes_are_tried_again() -> None:
    assert patience.next_try(refusal(40001), 1, now=NOON) == NOON + 30 * SECONDS
    assert patience.next_try(KeyError("x"), 1, now=NOON) == NOON + 30 * SECONDS


def test_only_wechats_own_words_are_kept() -> None:
    refused = patience.trouble_of(refusal(45009, "reach max api daily quota limit"))
    broken = patience.trouble_of(ValueError("openid oAnna"))

    assert refused == Trouble(error="reach max api daily quota limit", errcode=45009)
    assert broken == Trouble(error="ValueError")
