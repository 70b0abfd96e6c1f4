"""Opening and sealing messages in safe mode (AES, wechat.md 3.3).

A sealed message is AES-256-CBC over 16 random bytes, the message's length, the message
and the AppID, padded to 32 bytes and not to AES's own 16.
"""

import base64
import binascii
import hmac
import re
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from wxchannels.wechat.errors import BadSignatureError

_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
_AES_BLOCK = 16
_PADDED_TO = 32
_RANDOM = 16
_HEADER = _RANDOM + 4


def decode_aes_key(text: str) -> bytes:
    """Return the 32 bytes of an EncodingAESKey, or raise ValueError.

    The console hands out keys whose last bits are not zero. Strict decoders refuse
    them; Python's drops the bits, as WeChat does.
    """
    if not _AES_KEY.fullmatch(text):
        raise ValueError("An EncodingAESKey is 43 letters and digits.")
    return base64.b64decode(f"{text}=")


def open_message(encrypted: str, aes_key: str, app_id: str) -> bytes:
    """Return what WeChat sealed for `app_id`, or raise BadSignatureError."""
    cipher = _cipher(decode_aes_key(aes_key)).decryptor()
    content = _unpad(cipher.update(_sealed_bytes(encrypted)) + cipher.finalize())
    length = int.from_bytes(content[_RANDOM:_HEADER], "big")
    message, owner = content[_HEADER : _HEADER + length], content[_HEADER + length :]
    if len(content) < _HEADER or len(message) != length:
        raise BadSignatureError("The sealed message is shorter than it says.")
    if not hmac.compare_digest(owner, app_id.encode()):
        raise BadSignatureError("The message was sealed for another account.")
    return message


def seal_message(
    message: bytes, aes_key: str, app_id: str, *, random16: bytes | None = None
) -> str:
    """Return `message` as only `app_id` and WeChat can read it."""
    prefix = secrets.token_bytes(_RANDOM) if random16 is None else random16
    if len(prefix) != _RANDOM:
        raise ValueError("A sealed message begins with exactly 16 random bytes.")
    content = prefix + len(message).to_bytes(4, "big") + message + app_id.encode()
    count = _PADDED_TO - len(content) % _PADDED_TO
    cipher = _cipher(decode_aes_key(aes_key)).encryptor()
    sealed = cipher.update(content + bytes([count]) * count) + cipher.finalize()
    return base64.b64encode(sealed).decode()


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    """Return the cipher; WeChat takes its first vector from the key."""
    return Cipher(algorithms.AES(key), modes.CBC(key[:_AES_BLOCK]))


def _sealed_bytes(encrypted: str) -> bytes:
    """Decode the outer base64, which must hold whole AES blocks."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError):
        sealed = b""
    if not sealed or len(sealed) % _AES_BLOCK:
        raise BadSignatureError("The sealed message is not base64 of whole blocks.")
    return sealed


def _unpad(content: bytes) -> bytes:
    """Drop the padding: its last byte says how many, and all of them say the same."""
    count = content[-1]
    if not 1 <= count <= _PADDED_TO or content[-count:] != bytes([count]) * count:
        raise BadSignatureError("The sealed message was opened with another key.")
    return content[:-count]
