"""What a person enters to connect an account."""

from datetime import UTC, datetime

from wxchannels.accounts.connection import Connection

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_AES_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"


def connection(**changes: str) -> Connection:
    """Return what a person enters who does everything right, but for `changes`."""
    entered = {
        "slug": "banmu",
        "name": "半亩茶",
        "app_id": "wx0000000000000001",
        "original_id": "gh_000000000001",
        "app_secret": "0123456789abcdef0123456789abcdef",
        "token": "Token123",
        "aes_key": AES_KEY,
        "mode": "safe",
        "time_zone": "Asia/Shanghai",
    }
    return Connection(**{**entered, **changes})
