"""Who and what a push is, as keyed hashes: nothing of it says who the person is."""

import hashlib
import hmac

from wxchannels.wechat.pushes import Push, identity

#: Keeps the two kinds of hash apart, which share the account's pepper.
OPENID, PUSH = b"openid", b"push"


def hash_openid(pepper: bytes, openid: str) -> bytes:
    """Return the 32 bytes that recognise a person after the openid is erased."""
    return _digest(pepper, OPENID, openid)


def push_key(pepper: bytes, account_id: int, push: Push) -> bytes:
    """Return the 32 bytes that are equal for all copies of one push."""
    return _digest(pepper, PUSH, str(account_id), *identity(push))


def _digest(pepper: bytes, purpose: bytes, *parts: str) -> bytes:
    # Each part carries its length, so that no two lists of parts look alike.
    texts = [part.encode("utf-8", "surrogatepass") for part in parts]
    message = b"".join(len(text).to_bytes(4, "big") + text for text in texts)
    return hmac.digest(pepper, purpose + b"\0" + message, hashlib.sha256)
