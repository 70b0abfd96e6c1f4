"""The pages of the account's menu."""

from wxchannels.web.menus import edit, page, publish, versions
from wxchannels.web.menus.blueprint import bp

__all__ = ["bp", "edit", "page", "publish", "versions"]
