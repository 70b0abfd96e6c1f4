"""Who sent a push: the signature that only WeChat and we can make."""

import hashlib
import hmac


def sign(token: str, *parts: str) -> str:
    """Return WeChat's signature of `parts`: SHA-1 over the sorted strings."""
    joined = "".join(sorted((token, *parts)))
    return hashlib.sha1(_bytes(joined), usedforsecurity=False).hexdigest()


def is_signed(signature: str, token: str, *parts: str) -> bool:
    """Say whether `signature` is WeChat's; nothing empty counts as signed.

    WeChat writes lower-case hex, and nothing else is taken.
    """
    if not (signature and token and parts and all(parts)):
        return False
    return hmac.compare_digest(_bytes(signature), _bytes(sign(token, *parts)))


def _bytes(text: str) -> bytes:
    """Encode `text` whatever it holds: strangers choose the query string."""
    return text.encode("utf-8", "surrogatepass")
