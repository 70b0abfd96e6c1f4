"""Tickets, built byte for byte as real ones are."""

import base64
import hashlib
import string

ALPHABET = string.digits + string.ascii_letters
#: With this many characters a ticket is 96 long, as the real ones we have seen.
SLUG_LENGTH = 21


def make_url(*seed: object) -> str:
    """Return the address a code holds; the same seed gives the same one."""
    digest = hashlib.sha256("\0".join(map(str, seed)).encode()).digest()
    number = int.from_bytes(digest)
    slug = ""
    for _ in range(SLUG_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        slug += ALPHABET[rest]
    return f"http://weixin.qq.com/q/{slug}"


def make_ticket(
    account_number: int, url: str, *, at: int, lifetime_seconds: int
) -> str:
    """Return the ticket of a code; `lifetime_seconds` is 0 for a permanent one.

    The layout is the one of the ticket on WeChat's own page (wechat.md 2.3).
    """
    address = url.encode() + b"\0"
    return base64.b64encode(
        b"\x81\x01"
        + account_number.to_bytes(4, "little")
        + bytes(6)
        + b"\x01"
        + bytes([len(address)])
        + address
        + b"\x02\x04"
        + at.to_bytes(4, "little")
        + b"\x03\x04"
        + lifetime_seconds.to_bytes(4, "little")
    ).decode()
