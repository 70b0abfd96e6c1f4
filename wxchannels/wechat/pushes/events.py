"""The events WeChat pushes (wechat.md 4.1).

Following, scanning and leaving decide figures, so what they carry is read at once. What
the others carry is a view of their fields, read when somebody asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wxchannels.wechat.pushes.base import Event
from wxchannels.wechat.pushes.details import items, nested, number, plain


@dataclass(frozen=True, kw_only=True)
class Subscribed(Event):
    """A person followed the account without a QR code that carries a scene.

    `event_key` may still say how: `last_trade_no_…` after a payment, `scanbarcode|…`
    from a product.
    """


@dataclass(frozen=True, kw_only=True)
class SubscribedByScan(Event):
    """A person followed by scanning the QR code that carries `scene`."""

    scene: str
    #: Decides nothing and is missing now and then.
    ticket: str | None = None


@dataclass(frozen=True, kw_only=True)
class Scanned(Event):
    """A follower scanned the QR code that carries `scene`.

    WeChat sometimes loses the scene; then it is "", which no code of ours carries.
    """

    scene: str
    #: Decides nothing and is missing now and then.
    ticket: str | None = None


@dataclass(frozen=True, kw_only=True)
class Unsubscribed(Event):
    """A person stopped following. WeChat does not say why."""


@dataclass(frozen=True, kw_only=True)
class Clicked(Event):
    """A person chose the menu button that carries `event_key`."""


@dataclass(frozen=True, kw_only=True)
class Viewed(Event):
    """A person opened the page at `event_key` from the menu."""

    @property
    def menu_id(self) -> str:
        """Return which menu it was, if there are several."""
        return plain(self.fields, "MenuId")


@dataclass(frozen=True, kw_only=True)
class MiniProgramViewed(Viewed):
    """A person opened the mini program page `event_key` from the menu."""


@dataclass(frozen=True, kw_only=True)
class LocationReported(Event):
    """A person who allows it entered the chat, and this is where they are."""

    @property
    def latitude(self) -> float | None:
        """Return degrees north."""
        return number(self.fields, "Latitude")

    @property
    def longitude(self) -> float | None:
        """Return degrees east."""
        return number(self.fields, "Longitude")

    @property
    def precision(self) -> float | None:
        """Return how far off it may be, in metres."""
        return number(self.fields, "Precision")


@dataclass(frozen=True, kw_only=True)
class ScanCodePushed(Event):
    """A person scanned any code with the menu's scanner."""

    @property
    def waits_for_reply(self) -> bool:
        """Return whether WeChat shows “waiting” until we reply."""
        return self.event == "scancode_waitmsg"

    @property
    def scan_type(self) -> str:
        """Return what was scanned: a `qrcode` or a `barcode`."""
        return plain(nested(self.fields, "ScanCodeInfo"), "ScanType")

    @property
    def scan_result(self) -> str:
        """Return what the code says."""
        return plain(nested(self.fields, "ScanCodeInfo"), "ScanResult")


@dataclass(frozen=True, kw_only=True)
class PicturesSent(Event):
    """A person sent pictures by way of the menu; they follow as messages."""

    @property
    def md5_sums(self) -> tuple[str, ...]:
        """Return the fingerprints of the pictures."""
        pictures = nested(nested(self.fields, "SendPicsInfo"), "PicList")
        return tuple(plain(item, "PicMd5Sum") for item in items(pictures, "item"))


@dataclass(frozen=True, kw_only=True)
class LocationSelected(Event):
    """A person picked a place by way of the menu."""

    @property
    def latitude(self) -> float | None:
        """Return degrees north."""
        return number(nested(self.fields, "SendLocationInfo"), "Location_X")

    @property
    def longitude(self) -> float | None:
        """Return degrees east."""
        return number(nested(self.fields, "SendLocationInfo"), "Location_Y")

    @property
    def label(self) -> str:
        """Return the address."""
        return plain(nested(self.fields, "SendLocationInfo"), "Label")


@dataclass(frozen=True, kw_only=True)
class JobFinished(Event):
    """WeChat finished sending something for us."""

    @property
    def job_id(self) -> str:
        """Return WeChat's name for the job; several pushes may share it."""
        return plain(self.fields, "MsgID")

    @property
    def status(self) -> str:
        """Return `success`, or WeChat's words for what went wrong."""
        return plain(self.fields, "Status")


@dataclass(frozen=True, kw_only=True)
class TemplateJobFinished(JobFinished):
    """A template message was delivered, or was not."""


@dataclass(frozen=True, kw_only=True)
class MassJobFinished(JobFinished):
    """A message to many was sent, or was not."""

    @property
    def sent_count(self) -> int:
        """Return how many people got it."""
        return int(number(self.fields, "SentCount") or 0)


@dataclass(frozen=True, kw_only=True)
class SubscribeMessageEvent(Event):
    """Something happened to subscription messages."""

    @property
    def entries(self) -> Sequence[Mapping[str, Any]]:
        """Return what happened, one entry for each template."""
        for value in self.fields.values():
            if isinstance(value, Mapping) and "List" in value:
                return items(value, "List")
        # JSON pushes may leave the wrapper out.
        return items(self.fields, "List")


@dataclass(frozen=True, kw_only=True)
class SubscribeMessagePopup(SubscribeMessageEvent):
    """A person answered the question which messages they want."""


@dataclass(frozen=True, kw_only=True)
class SubscribeMessageChanged(SubscribeMessageEvent):
    """A person changed which messages they want."""


@dataclass(frozen=True, kw_only=True)
class SubscribeMessageSent(SubscribeMessageEvent):
    """A subscription message was delivered, or was not."""


@dataclass(frozen=True, kw_only=True)
class AuthorizationRevoked(Event):
    """A person took back the right to use their data."""

    @property
    def revoked_openid(self) -> str:
        """Return who it was: not the one the push comes from."""
        return plain(self.fields, "OpenID")


@dataclass(frozen=True, kw_only=True)
class UnknownEvent(Event):
    """An event that we only keep."""
