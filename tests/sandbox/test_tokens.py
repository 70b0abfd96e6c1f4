import pytest

from tests.sandbox.platform import APP_ID, IDENTITY, SECRET, Platform
from wxchannels.sandbox.remote import Sandbox


def test_plain_token_lasts_two_hours(platform: Platform, sandbox: Sandbox) -> None:
    given = platform.plain()

    assert given["expires_in"] == 7200
    sandbox.clock(advance=7199)
    assert platform.is_good(given["access_token"])
    sandbox.clock(advance=1)
    assert platform.errcode(given["access_token"]) == 42001


def test_each_plain_token_ends_the_one_before_after_five_minutes(
    platform: Platform, sandbox: Sandbox
) -> None:
    first = platform.plain()["access_token"]

    second = platform.plain()["access_token"]

    assert first != second
    sandbox.clock(advance=299)
    assert platform.is_good(first)
    sandbox.clock(advance=1)
    assert platform.errcode(first) == 40001
    assert platform.is_good(second)


def test_stable_token_stays_the_same_while_it_lasts(
    platform: Platform, sandbox: Sandbox
) -> None:
    first = platform.stable()
    sandbox.clock(advance=6900)

    again = platform.stable()

    assert first["expires_in"] == 7200
    assert again == {"access_token": first["access_token"], "expires_in": 300}


def test_stable_token_near_its_end_is_replaced_and_both_work(
    platform: Platform, sandbox: Sandbox
) -> None:
    old = platform.stable()["access_token"]
    sandbox.clock(advance=6901)

    new = platform.stable()

    assert new["access_token"] != old
    assert new["expires_in"] == 7200
    assert platform.is_good(old)
    sandbox.clock(advance=299)
    assert platform.errcode(old) == 42001
    assert platform.is_good(new["access_token"])


def test_forced_refresh_kills_the_token_at_once(
    platform: Platform, sandbox: Sandbox
) -> None:
    old = platform.stable()["access_token"]

    new = platform.stable(force=True)["access_token"]

    assert new != old
    assert platform.errcode(old) == 40001
    sandbox.clock(advance=29)
    assert platform.stable(force=True)["access_token"] == new
    sandbox.clock(advance=1)
    assert platform.stable(force=True)["access_token"] != new


def test_refresh_is_forced_twenty_times_a_day_at_most(
    platform: Platform, sandbox: Sandbox
) -> None:
    for _ in range(20):
        platform.stable(force=True)
        sandbox.clock(advance=30)

    answer = platform.stable(force=True)

    assert answer["errcode"] == 45009
    assert "access_token" in platform.stable()


def test_kinds_of_token_know_nothing_of_each_other(platform: Platform) -> None:
    plain = platform.plain()["access_token"]
    stable = platform.stable(force=True)["access_token"]

    for _ in range(2):
        platform.plain()

    assert platform.is_good(stable)
    assert platform.is_good(plain)


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"grant_type": "authorization_code"}, 40002),
        ({"appid": ""}, 41002),
        ({"appid": "wx00000000000000ff"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
    ],
)
def test_wrong_identity_is_refused(
    platform: Platform, change: dict[str, str], errcode: int
) -> None:
    identity = {**IDENTITY, **change}

    plain = platform.get("token", **identity).json()
    stable = platform.post("stable_token", identity).json()

    assert plain["errcode"] == errcode
    assert stable["errcode"] == errcode


def test_only_tokens_ask_for_the_white_list(
    platform: Platform, sandbox: Sandbox
) -> None:
    token = platform.token()

    sandbox.open_account(allowed_ips=["10.1.2.3"])

    answer = platform.plain()
    assert answer["errcode"] == 40164
    assert answer["errmsg"].startswith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1,")
    assert platform.stable()["errcode"] == 40164
    assert platform.is_good(token)
    sandbox.open_account(allowed_ips=["127.0.0.1"])
    assert "access_token" in platform.plain()


def test_plain_tokens_have_a_quota_a_day(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.open_account(limits={"/cgi-bin/token": 2})
    platform.plain()
    platform.plain()

    refused = platform.plain()

    assert refused["errcode"] == 45009
    sandbox.clock(advance=12 * 3600 - 1)
    assert platform.plain()["errcode"] == 45009
    sandbox.clock(advance=1)
    assert "access_token" in platform.plain()


def test_stable_token_takes_only_a_json_post(platform: Platform) -> None:
    by_get = platform.get("stable_token", **IDENTITY).json()
    empty = platform.post("stable_token", b"").json()
    form = platform.post("stable_token", f"appid={APP_ID}&secret={SECRET}".encode())

    assert by_get["errcode"] == 43002
    assert empty["errcode"] == 44002
    assert form.json()["errcode"] == 47001


def test_stolen_token_is_refused_and_replaced(
    platform: Platform, sandbox: Sandbox
) -> None:
    old, plain = platform.token(), platform.plain()["access_token"]

    sandbox.steal_token()

    assert platform.errcode(old) == 40001
    assert platform.errcode(plain) == 40001
    assert platform.is_good(platform.token())
