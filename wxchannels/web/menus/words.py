"""What the pages call the kinds of buttons, what they carry, and what changed."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from wxchannels.menus.buttons import PARENT

#: How the form calls the kind that WeChat has no name for.
OPENS = "parent"
#: Kind → what a press does, and what it needs.
KINDS: Mapping[str, tuple[str, str]] = {
    OPENS: (_("Opens a submenu"), _("Up to five buttons")),
    "view": (_("Opens a page"), _("An address")),
    "miniprogram": (_("Opens a mini program"), _("AppID and path")),
    "click": (_("Sends a message"), _("Sends a key to this server")),
    "scancode_push": (_("Scans a code"), _("WeChat opens what it says")),
    "scancode_waitmsg": (_("Scans a code and waits"), _("For our answer")),
    "pic_sysphoto": (_("Takes a photo"), _("With the camera")),
    "pic_photo_or_album": (_("Photo or album"), _("The person chooses")),
    "pic_weixin": (_("Picture from the album"), _("WeChat’s own picker")),
    "location_select": (_("Sends a location"), _("From the map")),
    "media_id": (_("Sends material"), _("Permanent material")),
    "view_limited": (_("Opens material"), _("An article kept as material")),
    "article_id": (_("Sends an article"), _("A published one")),
    "article_view_limited": (_("Opens an article"), _("A published one")),
}
FIELD_NAMES: Mapping[str, str] = {
    "name": _("Name"),
    "type": _("When tapped"),
    "key": _("Key"),
    "url": _("Address"),
    "appid": _("AppID of the mini program"),
    "pagepath": _("Path of the page"),
    "media_id": "media_id",
    "article_id": "article_id",
}
CHANGES: Mapping[str, str] = {
    "added": _("New"),
    "removed": _("Removed"),
    "moved": _("Moved"),
    "changed": _("Changed"),
}


def kind_name(kind: str) -> str:
    """Return what a press on a button of this kind does."""
    known = KINDS.get(OPENS if kind == PARENT else kind)
    return known[0] if known else kind


def kind_hint(kind: str) -> str:
    """Return what a button of this kind needs."""
    return KINDS[kind][1]
