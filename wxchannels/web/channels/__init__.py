"""Channels, for staff: the list, the pages, the codes."""

from wxchannels.web.channels import batch, codes, edit, groups, index, new, show
from wxchannels.web.channels.blueprint import bp

__all__ = ["batch", "bp", "codes", "edit", "groups", "index", "new", "show"]
