"""WeChat's refusals in words."""

import pytest

from wxchannels.channels import refusals
from wxchannels.wechat.errors import WeChatUnavailableError, refusal


@pytest.mark.parametrize(
    ("errcode", "status"),
    [
        (40053, 422),
        (40052, 422),
        (45029, 422),
        (45009, 429),
        (45011, 429),
        (40001, 503),
        (40013, 503),
        (40125, 503),
        (40164, 503),
        (48001, 503),
        (99999, 503),
    ],
)
def test_refusal_names_its_code_and_has_a_status(errcode: int, status: int) -> None:
    error = refusal(errcode, "some words of WeChat rid: 1-2-3")

    assert f"(error {errcode})" in refusals.explain(error).english
    assert refusals.status_of(error) == status


def test_address_that_wechat_does_not_know_is_named() -> None:
    error = refusal(40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in")

    assert "Add 203.0.113.7 to the IP white list" in refusals.explain(error).english


def test_address_is_described_where_wechat_does_not_say_it() -> None:
    explanation = refusals.explain(refusal(40164, "not in whitelist"))

    assert "Add this server’s public address to" in explanation.english


def test_silence_is_explained_too() -> None:
    error = WeChatUnavailableError("/cgi-bin/qrcode/create: ConnectTimeout")

    assert "does not answer" in refusals.explain(error).english
    assert refusals.status_of(error) == 503


def test_unknown_code_is_passed_on_in_wechats_words() -> None:
    assert "strange words" in refusals.explain(refusal(99999, "strange words")).english


@pytest.mark.parametrize(
    ("errcode", "only_this_row"),
    [(40053, True), (40052, True), (45029, False), (45009, False), (40125, False)],
)
def test_run_goes_on_only_if_the_refusal_is_about_the_row(
    errcode: int, *, only_this_row: bool
) -> None:
    assert refusals.is_about_the_row(refusal(errcode)) is only_this_row
