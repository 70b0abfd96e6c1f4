"""What passes between WeChat and us, in words."""

from flask_babel import lazy_gettext as _

from wxchannels.models import CallRefusal, RenewalReason, SightingKind, TokenRenewal
from wxchannels.web.wechat import explain, explain_code
from wxchannels.wechat.errors import WeChatUnavailableError

#: What an interface is for; of others its path is shown.
CALLS = {
    "/cgi-bin/stable_token": _("Access token"),
    "/cgi-bin/qrcode/create": _("Making QR codes"),
    "/cgi-bin/user/info": _("Asking about a person"),
    "/cgi-bin/user/info/batchget": _("Asking about people"),
    "/cgi-bin/user/get": _("Reading the follower list"),
    "/cgi-bin/tags/get": _("Reading tags"),
    "/cgi-bin/tags/create": _("Making tags"),
    "/cgi-bin/tags/members/batchtagging": _("Tagging people"),
    "/cgi-bin/menu/create": _("Publishing the menu"),
    "/cgi-bin/menu/get": _("Reading the menu"),
    "/cgi-bin/menu/delete": _("Deleting the menu"),
    "/cgi-bin/get_current_selfmenu_info": _("Reading the menu that is live"),
    "/cgi-bin/getcallbackip": _("Checking the token"),
    "/cgi-bin/openapi/quota/get": _("Asking about quotas"),
    "/cgi-bin/clear_quota": _("Counting calls anew"),
}
REASONS = {
    RenewalReason.FIRST: _("The first one"),
    RenewalReason.EXPIRED: _("The one before was at its end"),
    RenewalReason.REFUSED: _("WeChat took the one before no longer"),
}
SIGHTINGS = {
    SightingKind.VERIFIED: _("Verified from WeChat’s console"),
    SightingKind.REFUSED: _("Refused by us: wrong signature, or not readable"),
    SightingKind.FAILED: _("Could not be stored"),
    SightingKind.LATE: _("Answered after more than five seconds"),
}


def explain_refusal(refusal: CallRefusal) -> str:
    """Return what the refusal means and what to do, in the reader's language."""
    return explain_code(refusal.errcode, refusal.errmsg)


def explain_renewal(renewal: TokenRenewal) -> str:
    """Return why no token was given; empty where one was."""
    if renewal.good_for_seconds is not None:
        return ""
    if renewal.errcode is not None:
        return explain_code(renewal.errcode, renewal.error)
    return explain(WeChatUnavailableError(renewal.error))
