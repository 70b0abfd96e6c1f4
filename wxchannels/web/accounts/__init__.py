"""Pages on which administrators connect official accounts and look after them."""

from wxchannels.web.accounts import (
    authorization,
    connection,
    index,
    keys,
    personal,
    settings,
)
from wxchannels.web.accounts.blueprints import accounts_bp, connection_bp

__all__ = ["BLUEPRINTS"]

PAGES = (authorization, connection, index, keys, personal, settings)
BLUEPRINTS = (accounts_bp, connection_bp)
