"""Pages on which administrators connect official accounts and look after them."""

from wxchannels.web.accounts import (
    authorization,
    binding,
    connection,
    health,
    index,
    keys,
    personal,
    settings,
    webhooks,
)
from wxchannels.web.accounts.blueprints import accounts_bp, connection_bp

__all__ = ["BLUEPRINTS"]

PAGES = (
    authorization,
    binding,
    connection,
    health,
    index,
    keys,
    personal,
    settings,
    webhooks,
)
BLUEPRINTS = (accounts_bp, connection_bp)
