"""What the events of the ledger are called."""

from flask import Flask
from flask_babel import gettext

from wxchannels.errors import N_
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    EventClass,
    RepairReason,
    Source,
)
from wxchannels.reports.events import LoggedEvent

CLASSES = {
    EventClass.NEW_FOLLOW: N_("New follow"),
    EventClass.REFOLLOW: N_("Re-follow"),
    EventClass.FOLLOWER_SCAN: N_("Follower scan"),
    EventClass.UNFOLLOW: N_("Unfollow"),
}
#: The metric whose colour an event has.
METRICS = {
    EventClass.NEW_FOLLOW: "new_follows",
    EventClass.REFOLLOW: "refollows",
    EventClass.FOLLOWER_SCAN: "follower_scans",
    EventClass.UNFOLLOW: "unfollows",
}
SOURCES = {
    Source.QRCODE: N_("QR code"),
    Source.PAYMENT: N_("After a payment"),
    Source.PRODUCT: N_("Product code"),
    Source.UNKNOWN: N_("Search, card, share and the like"),
}
#: Of follows that carry nothing, in the words of WeChat's user/info.
WAYS = {
    "ADD_SCENE_SEARCH": N_("Found by search"),
    "ADD_SCENE_ACCOUNT_MIGRATION": N_("Account migration"),
    "ADD_SCENE_PROFILE_CARD": N_("Name card"),
    "ADD_SCENE_QR_CODE": N_("QR code"),
    "ADD_SCENE_PROFILE_LINK": N_("Name in an article"),
    "ADD_SCENE_PROFILE_ITEM": N_("Menu of an article"),
    "ADD_SCENE_PAID": N_("After a payment"),
    "ADD_SCENE_WECHAT_ADVERTISEMENT": N_("WeChat advertisement"),
    "ADD_SCENE_REPRINT": N_("Reprinted article"),
    "ADD_SCENE_LIVESTREAM": N_("Channels live stream"),
    "ADD_SCENE_CHANNELS": N_("WeChat Channels"),
    "ADD_SCENE_WXA": N_("Mini program"),
    "ADD_SCENE_OTHERS": N_("Other ways"),
}
REASONS = {
    RepairReason.LOST_SCENE: N_("WeChat told the scene when asked"),
    RepairReason.ADOPTED: N_("Its scene was adopted"),
    RepairReason.RELEASED: N_("The adoption of its scene was undone"),
}
ROWS = {NO_CHANNEL: N_("No channel"), UNKNOWN_SCENE: N_("Unknown scene")}


def class_word(class_: EventClass) -> str:
    """Return what an event of this class is called."""
    return str(gettext(CLASSES[class_]))


def class_metric(class_: EventClass) -> str:
    """Return the metric that such events make up."""
    return METRICS[class_]


def source_word(event: LoggedEvent) -> str:
    """Return how a follow came about; nothing where that is no question.

    WeChat adds words to its list: one we do not know is shown as it is.
    """
    if event.source is None:
        return ""
    way = event.subscribe_scene
    if event.source is Source.UNKNOWN and way:
        return str(gettext(WAYS[way])) if way in WAYS else way
    return str(gettext(SOURCES[event.source]))


def reason_word(reason: RepairReason) -> str:
    """Return why a push counts elsewhere than where it was recorded."""
    return str(gettext(REASONS[reason]))


def row_word(row_id: int, name: str = "") -> str:
    """Return the name of a row: a channel's own, or what the other two are called."""
    return str(gettext(ROWS[row_id])) if row_id in ROWS else name


def register(app: Flask) -> None:
    """Give the templates of `app` these words."""
    app.jinja_env.globals.update(
        class_word=class_word,
        class_metric=class_metric,
        source_word=source_word,
        reason_word=reason_word,
        row_word=row_word,
    )
