"""Webhooks in words: what they are told, and why it was not taken."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from wxchannels.errors import N_
from wxchannels.models import DeliveryState, EventType, Webhook, WebhookDelivery
from wxchannels.webhooks.posting import Failure

EVENT_NAMES = {
    EventType.FOLLOW: _("New follow"),
    EventType.REFOLLOW: _("Re-follow"),
    EventType.SCAN: _("Follower scan"),
    EventType.UNFOLLOW: _("Unfollow"),
    EventType.FOLLOW_REPAIRED: _("Follow moved to its channel"),
    EventType.BINDING_CONFIRMED: _("Account bound"),
    EventType.BINDING_REMOVED: _("Account unbound"),
    EventType.TEST: _("Test"),
}
FAILURES: Mapping[str, str] = {
    Failure.ADDRESS: N_("Not sent: the address is in a private network, or not https."),
    Failure.UNKNOWN_HOST: N_("The host’s name cannot be found."),
    Failure.UNREACHABLE: N_("Nobody answers at this address and port."),
    Failure.CERTIFICATE: N_("The host’s certificate is not valid for its name."),
    Failure.TIMEOUT: N_("No answer within five seconds. Answer first, then work."),
    Failure.NO_ANSWER: N_("The receiver hung up without an answer."),
    Failure.REDIRECT: N_(
        "It answered %(status)s. Redirects are not followed: enter their aim."
    ),
    Failure.STATUS: N_("It answered %(status)s. Only 2xx means that it was taken."),
}
#: What of the log can be looked at by itself.
SHOWN = {
    "waiting": DeliveryState.WAITING,
    "delivered": DeliveryState.DELIVERED,
    "skipped": DeliveryState.SKIPPED,
}


def place_of(webhook: Webhook) -> str:
    """Return where it leads, for who may see all of the address in its form."""
    parts = urlsplit(webhook.url)
    host = parts.netloc if parts.scheme == "https" else f"http://{parts.netloc}"
    return host + (parts.path if parts.path != "/" else "")


def host_of(webhook: Webhook) -> str:
    """Return whom it tells: the rest of an address is often the receiver's password."""
    return urlsplit(webhook.url).netloc


def explain_failure(delivery: WebhookDelivery) -> str:
    """Return why the last try failed and what to do, in the reader's language."""
    sentence = FAILURES.get(delivery.failure)
    said: str = gettext(sentence, status=delivery.status) if sentence else ""
    return said
