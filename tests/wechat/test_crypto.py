import base64
import secrets
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto

from tests.wechat.golden import AES, APP_ID, KEY, VECTORS
from wxchannels.wechat.crypto import decode_aes_key, open_message, seal_message
from wxchannels.wechat.errors import BadSignatureError
from wxchannels.wechat.signature import is_signed

RAW_KEY = bytes.fromhex(AES["scan"]["aes_key_hex"])
PADDED = {name: VECTORS[name] for name in ("pad32", "pad25_breaks_pkcs7_128")}
SEALED = {**AES, **PADDED}


def seal_as_wechatpy(content: bytes) -> str:
    """Seal what follows the random prefix, whatever it is, with their cipher."""
    cipher = PrpCrypto(RAW_KEY).cipher
    return base64.b64encode(cipher.encrypt(content)).decode()


@pytest.mark.parametrize("vector", SEALED.values(), ids=SEALED)
def test_golden_message_opens(vector: dict[str, Any]) -> None:
    opened = open_message(
        vector["encrypt"], vector["encoding_aes_key"], vector["appid"]
    )

    assert opened == vector["plaintext"].encode()


@pytest.mark.parametrize("vector", SEALED.values(), ids=SEALED)
def test_golden_message_seals_byte_for_byte(vector: dict[str, Any]) -> None:
    sealed = seal_message(
        vector["plaintext"].encode(),
        vector["encoding_aes_key"],
        vector["appid"],
        random16=vector["random16"].encode(),
    )

    assert sealed == vector["encrypt"]


@pytest.mark.parametrize("vector", AES.values(), ids=AES)
def test_golden_key_is_decoded(vector: dict[str, Any]) -> None:
    key = decode_aes_key(vector["encoding_aes_key"])

    assert key == bytes.fromhex(vector["aes_key_hex"])


def test_official_push_opens() -> None:
    official = VECTORS["official_aes"]
    push = official["push"]

    opened = open_message(
        push["body"]["Encrypt"], official["encoding_aes_key"], official["appid"]
    )

    assert opened == push["plaintext"].encode()


def test_official_reply_seals_byte_for_byte() -> None:
    official = VECTORS["official_aes"]
    reply = official["reply"]

    sealed = seal_message(
        reply["plaintext"].encode(),
        official["encoding_aes_key"],
        official["appid"],
        random16=reply["random16"].encode(),
    )

    assert sealed == reply["encrypt"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_wechatpy_seals_opens(message: str) -> None:
    sealed = PrpCrypto(RAW_KEY).encrypt(message, APP_ID).decode()

    opened = open_message(sealed, KEY, APP_ID)

    assert opened == message.encode()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_wechatpy_opens_what_is_sealed(message: str) -> None:
    sealed = seal_message(message.encode(), KEY, APP_ID)

    opened = PrpCrypto(RAW_KEY).decrypt(sealed, APP_ID)

    assert opened == message


def test_same_message_is_never_sealed_alike() -> None:
    assert seal_message(b"hello", KEY, APP_ID) != seal_message(b"hello", KEY, APP_ID)


def test_key_with_bits_left_over_is_taken() -> None:
    # 43 characters are 258 bits; 32 bytes have no room for the last two.
    assert decode_aes_key("a" * 42 + "B") == decode_aes_key("a" * 42 + "A")


@pytest.mark.parametrize(
    "key", ["", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "+", "é" * 43]
)
def test_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="43 letters"):
        decode_aes_key(key)


def test_random_prefix_is_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16"):
        seal_message(b"hello", KEY, APP_ID, random16=b"short")


def test_message_sealed_for_another_account_is_refused() -> None:
    [vector] = [v for v in VECTORS["aes_negative"] if "our_appid" in v]
    original = AES[vector["of"]]

    with pytest.raises(BadSignatureError, match="another account"):
        open_message(
            original["encrypt"], original["encoding_aes_key"], vector["our_appid"]
        )


def test_message_sealed_with_another_key_is_refused() -> None:
    sealed = AES["scan"]["encrypt"]

    with pytest.raises(BadSignatureError):
        open_message(sealed, "a" * 43, APP_ID)


@pytest.mark.parametrize("position", [0, 20, 100, 200, -6])
def test_message_with_a_changed_character_is_not_what_was_sealed(position: int) -> None:
    vector = AES["scan"]
    sealed = list(vector["encrypt"])
    sealed[position] = "A" if sealed[position] != "A" else "B"
    forged = "".join(sealed)
    parts = vector["timestamp"], vector["nonce"], forged

    assert not is_signed(vector["msg_signature"], vector["token"], *parts)


@pytest.mark.parametrize(
    "sealed",
    ["", "A", "not base64!", "AAAA", "QUJD\n", "é" * 64, "A" * 63, "=" * 64],
)
def test_message_that_is_no_base64_of_whole_blocks_is_refused(sealed: str) -> None:
    with pytest.raises(BadSignatureError, match="whole blocks"):
        open_message(sealed, KEY, APP_ID)


@pytest.mark.parametrize(
    "padding", [b"\0", b"\x21" * 33, b"\x01\x02", b"\x02\x03\x03", b"\xff"]
)
def test_message_with_impossible_padding_is_refused(padding: bytes) -> None:
    content = b"r" * 16 + (4).to_bytes(4, "big") + b"<x/>" + APP_ID.encode()
    filler = b"\x20" * (-(len(content) + len(padding)) % 16)
    sealed = seal_as_wechatpy(content + filler + padding)

    with pytest.raises(BadSignatureError):
        open_message(sealed, KEY, APP_ID)


@pytest.mark.parametrize("length", [5 + len(APP_ID), 2**31, 2**32 - 1])
def test_message_with_a_length_beyond_its_end_is_refused(length: int) -> None:
    content = b"r" * 16 + length.to_bytes(4, "big") + b"<x/>" + APP_ID.encode()
    count = 32 - len(content) % 32
    sealed = seal_as_wechatpy(content + bytes([count]) * count)

    with pytest.raises(BadSignatureError, match="shorter"):
        open_message(sealed, KEY, APP_ID)


def test_message_too_short_for_a_length_is_refused() -> None:
    sealed = seal_as_wechatpy(b"\0" * 8 + b"\x08" * 8)

    with pytest.raises(BadSignatureError, match="shorter"):
        open_message(sealed, KEY, "")


@given(st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()))
def test_any_bytes_are_refused_and_no_crash(sealed: str) -> None:
    with pytest.raises(BadSignatureError):
        open_message(sealed, KEY, APP_ID)


@given(st.text())
def test_any_text_is_refused_and_no_crash(sealed: str) -> None:
    with pytest.raises(BadSignatureError):
        open_message(sealed, KEY, APP_ID)


@given(st.binary(min_size=16, max_size=64))
def test_any_content_under_our_key_is_refused_and_no_crash(content: bytes) -> None:
    whole = content[: len(content) // 16 * 16]

    with pytest.raises(BadSignatureError):
        open_message(seal_as_wechatpy(whole), KEY, APP_ID + secrets.token_hex(4))
