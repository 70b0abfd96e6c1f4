from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.utils import WeChatSigner

from tests.wechat.golden import AES, VECTORS
from wxchannels.wechat.signature import is_signed, sign

POSITIVE = VECTORS["signature"]
NEGATIVE = VECTORS["signature_negative"]


@pytest.mark.parametrize("vector", POSITIVE, ids=lambda vector: vector["source"])
def test_golden_signature_is_made_and_accepted(vector: dict[str, Any]) -> None:
    parts = vector["timestamp"], vector["nonce"]

    made = sign(vector["token"], *parts)

    assert made == vector["signature"]
    assert is_signed(vector["signature"], vector["token"], *parts)


@pytest.mark.parametrize("vector", AES.values(), ids=AES)
def test_golden_message_signature_covers_the_sealed_message(
    vector: dict[str, Any],
) -> None:
    parts = vector["timestamp"], vector["nonce"], vector["encrypt"]

    assert is_signed(vector["msg_signature"], vector["token"], *parts)
    assert not is_signed(vector["url_signature"], vector["token"], *parts)


def test_official_message_signature_covers_the_sealed_message() -> None:
    push = VECTORS["official_aes"]["push"]
    encrypted = push["body"]["Encrypt"]

    made = sign("AAAAA", push["timestamp"], push["nonce"], encrypted)

    assert made == push["msg_signature"]


@pytest.mark.parametrize("vector", NEGATIVE, ids=lambda vector: vector["why"])
def test_wrong_signature_is_refused(vector: dict[str, Any]) -> None:
    parts = vector["timestamp"], vector["nonce"]

    assert not is_signed(vector["signature"], vector["token"], *parts)


FORGED = [vector for vector in VECTORS["aes_negative"] if "our_appid" not in vector]


@pytest.mark.parametrize("vector", FORGED, ids=lambda vector: vector["why"])
def test_signature_of_another_message_is_refused(vector: dict[str, Any]) -> None:
    original = AES[vector["of"]]
    forged = {**original, **vector}

    signed = is_signed(
        forged["msg_signature"],
        original["token"],
        original["timestamp"],
        original["nonce"],
        forged["encrypt"],
    )

    assert not signed


@pytest.mark.parametrize(
    ("token", "parts"),
    [("", ("1", "n")), ("token", ("", "n")), ("token", ("1", "")), ("token", ())],
)
def test_nothing_empty_counts_as_signed(token: str, parts: tuple[str, ...]) -> None:
    signature = sign(token, *parts)

    assert not is_signed(signature, token, *parts)


def test_signature_with_something_behind_it_is_refused() -> None:
    signature = sign("token", "1", "n")

    assert not is_signed(f"{signature} ", "token", "1", "n")
    assert not is_signed(f"{signature}é", "token", "1", "n")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_signature_is_the_one_wechatpy_makes(parts: list[str]) -> None:
    oracle = WeChatSigner()
    oracle.add_data("token", *parts)

    assert sign("token", *parts) == oracle.signature


@given(st.text(), st.text(), st.text())
def test_any_query_string_is_an_answer_and_no_crash(
    signature: str, timestamp: str, nonce: str
) -> None:
    assert is_signed(signature, "token", timestamp, nonce) is False
