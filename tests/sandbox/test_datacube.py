from typing import Any

import pytest
import requests

from tests.sandbox.platform import Platform
from wxchannels.sandbox.remote import Sandbox


def ask(platform: Platform, path: str, begin: str, end: str) -> dict[str, Any]:
    answer = requests.post(
        f"{platform.base_url}/datacube/{path}",
        json={"begin_date": begin, "end_date": end},
        params={"access_token": platform.token()},
        timeout=10,
    )
    return dict(answer.json())


@pytest.fixture(name="story", autouse=True)
def played_story(sandbox: Sandbox) -> None:
    """Noon in Shanghai on 2 March 2026; who came and left on the two days before."""
    sandbox.issue_code("sunck")
    steps: list[tuple[str, str, str, dict[str, object]]] = [
        ("follow", "anna", "2026-02-28T23:59:59+08:00", {"code": "sunck"}),
        ("follow", "bo", "2026-03-01T00:00:00+08:00", {"code": "sunck"}),
        ("unfollow", "bo", "2026-03-01T10:00:00+08:00", {}),
        ("follow", "bo", "2026-03-01T11:00:00+08:00", {"code": "sunck"}),
        ("follow", "cy", "2026-03-01T12:00:00+08:00", {}),
        ("follow", "di", "2026-03-01T12:00:00+08:00", {"payment": True}),
        ("unfollow", "anna", "2026-03-01T23:59:59+08:00", {}),
        ("follow", "ed", "2026-03-02T00:00:00+08:00", {}),
    ]
    sandbox.play(
        [
            {"do": do, "person": person, "at": at, "silent": True, **details}
            for do, person, at, details in steps
        ]
    )


def test_day_ends_at_midnight_in_shanghai(platform: Platform) -> None:
    rows = ask(platform, "getusersummary", "2026-02-28", "2026-03-01")["list"]

    table = [tuple(row.values()) for row in rows]
    assert table == [
        ("2026-02-28", 30, 1, 0),
        ("2026-03-01", 0, 1, 0),
        ("2026-03-01", 1, 1, 0),
        ("2026-03-01", 30, 1, 2),
    ]


def test_followers_are_counted_when_the_day_ends(platform: Platform) -> None:
    rows = ask(platform, "getusercumulate", "2026-02-27", "2026-03-01")["list"]

    assert [row["cumulate_user"] for row in rows] == [0, 1, 3]


def test_today_is_not_over(platform: Platform) -> None:
    assert ask(platform, "getusersummary", "2026-03-02", "2026-03-02") == {"list": []}


@pytest.mark.parametrize(
    ("begin", "end", "errcode"),
    [
        ("2026-02-22", "2026-03-01", 61501),
        ("2026-03-01", "2026-02-28", 61501),
        ("yesterday", "2026-03-01", 61500),
    ],
)
def test_bad_days_are_refused(
    platform: Platform, begin: str, end: str, errcode: int
) -> None:
    assert ask(platform, "getusersummary", begin, end)["errcode"] == errcode
