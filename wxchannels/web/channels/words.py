"""What the pages say about a channel and its codes."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from wxchannels.channels.qrcodes import main_qrcode
from wxchannels.channels.search import SOON, ListState
from wxchannels.ledger.days import local_day
from wxchannels.models import Channel, ChannelState, QRCode, QRCodeState

STATES = [
    ("", _("Not archived")),
    (ListState.ACTIVE.value, _("Active")),
    (ListState.EXPIRING.value, _("Ends within 7 days")),
    (ListState.EXPIRED.value, _("Expired")),
    (ListState.DISABLED.value, _("Disabled")),
    (ListState.ARCHIVED.value, _("Archived")),
]
COLUMN_NAMES = {
    "name": _("Channel"),
    "group": _("Group"),
    "tags": _("Tags"),
    "owner": _("In charge"),
    "scene": _("Scene"),
    "lifetime": _("Validity"),
}


@dataclass(frozen=True)
class Standing:
    """A shape and a word: how a channel or a code stands."""

    kind: str
    word: str


def channel_standing(channel: Channel, now: datetime) -> Standing:
    """Return how the channel stands, by its own state and that of its code."""
    if channel.state == ChannelState.ARCHIVED:
        return Standing("off", gettext("Archived"))
    if channel.state == ChannelState.DISABLED:
        return Standing("off", gettext("Disabled"))
    code = main_qrcode(channel, now)
    if code is None:
        return Standing("off", gettext("No code yet"))
    return code_standing(code, now)


def code_standing(code: QRCode, now: datetime) -> Standing:
    """Return how the code stands."""
    match code.state_at(now):
        case QRCodeState.PENDING:
            return Standing("soon", gettext("Not made yet"))
        case QRCodeState.DISABLED:
            return Standing("off", gettext("Disabled, scans still count"))
        case QRCodeState.EXPIRED:
            return Standing("off", gettext("Expired"))
    if code.expires_at is not None and code.expires_at - now <= SOON:
        zone = code.channel.account.time_zone
        left = local_day(code.expires_at, zone) - local_day(now, zone)
        return Standing("soon", _ending(left.days))
    return Standing("ok", gettext("Active"))


def _ending(days: int) -> str:
    if days < 1:
        return str(gettext("Ends today"))
    return str(ngettext("Ends in %(num)d day", "Ends in %(num)d days", days))
