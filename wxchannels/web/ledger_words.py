"""What the events of the ledger are called."""

from flask import Flask
from flask_babel import gettext

from wxchannels.errors import N_
from wxchannels.models import NO_CHANNEL, UNKNOWN_SCENE, EventClass, Source

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
ROWS = {NO_CHANNEL: N_("No channel"), UNKNOWN_SCENE: N_("Unknown scene")}


def class_word(class_: EventClass) -> str:
    """Return what an event of this class is called."""
    return str(gettext(CLASSES[class_]))


def class_metric(class_: EventClass) -> str:
    """Return the metric that such events make up."""
    return METRICS[class_]


def source_word(source: Source | None) -> str:
    """Return how a follow came about; nothing where that is no question."""
    return str(gettext(SOURCES[source])) if source else ""


def row_word(row_id: int, name: str = "") -> str:
    """Return the name of a row: a channel's own, or what the other two are called."""
    return str(gettext(ROWS[row_id])) if row_id in ROWS else name


def register(app: Flask) -> None:
    """Give the templates of `app` these words."""
    app.jinja_env.globals.update(
        class_word=class_word,
        class_metric=class_metric,
        source_word=source_word,
        row_word=row_word,
    )
