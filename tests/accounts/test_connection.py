from typing import Any

import pytest

from tests.accounts.entered import AES_KEY, connection
from wxchannels.errors import DomainError


def fields(problems: list[DomainError]) -> list[str]:
    return [problem.field for problem in problems]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"slug": "a"},
        {"slug": "a-0" * 13},
        {"token": "abc"},
        {"token": "A1" * 16},
        {"app_id": "not-a-wx-id", "original_id": "my account"},
        {"app_id": "x" * 64, "app_secret": "s" * 128, "original_id": "g" * 64},
        {"mode": "plain", "aes_key": ""},
        {"mode": "compatible"},
        {"aes_key": AES_KEY[:-1] + "z"},
        {"time_zone": "Europe/Berlin"},
    ],
    ids=str,
)
def test_unusual_but_possible_settings_are_taken(changes: dict[str, str]) -> None:
    assert connection(**changes).problems() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", ""),
        ("slug", "Banmu"),
        ("slug", "半亩"),
        ("slug", "a" * 41),
        ("slug", "banmu\n"),
        ("slug", "weixin"),
        ("name", ""),
        ("name", "n" * 65),
        ("app_id", ""),
        ("app_id", "x" * 65),
        ("app_secret", ""),
        ("app_secret", "s" * 129),
        ("original_id", ""),
        ("original_id", "g" * 65),
        ("token", "ab"),
        ("token", "a" * 33),
        ("token", "with_underscore"),
        ("token", "令牌令牌"),
        ("aes_key", ""),
        ("aes_key", AES_KEY[:42]),
        ("aes_key", AES_KEY + "A"),
        ("aes_key", "+" * 43),
        ("mode", "secure"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("time_zone", "../etc/passwd"),
    ],
)
def test_impossible_setting_is_named_at_its_field(field: str, value: str) -> None:
    problems = connection(**{field: value}).problems()

    assert fields(problems) == [field]


def test_all_problems_are_named_at_once() -> None:
    entered: dict[str, Any] = {"slug": "API", "name": "", "token": "", "mode": "odd"}

    problems = connection(**entered).problems()

    assert fields(problems) == ["slug", "name", "mode", "token"]
