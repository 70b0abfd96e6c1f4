"""The messages people send (wechat.md 4.2). Media ids live three days."""

from dataclasses import dataclass

from wxchannels.wechat.pushes.base import Message
from wxchannels.wechat.pushes.details import number, plain


@dataclass(frozen=True, kw_only=True)
class TextMessage(Message):
    """A person wrote something."""

    content: str


@dataclass(frozen=True, kw_only=True)
class ImageMessage(Message):
    """A person sent a picture."""

    @property
    def url(self) -> str:
        """Return where WeChat keeps the picture."""
        return plain(self.fields, "PicUrl")

    @property
    def media_id(self) -> str:
        """Return WeChat's name for the picture."""
        return plain(self.fields, "MediaId")


@dataclass(frozen=True, kw_only=True)
class VoiceMessage(Message):
    """A person said something."""

    @property
    def media_id(self) -> str:
        """Return WeChat's name for the recording."""
        return plain(self.fields, "MediaId")

    @property
    def recognition(self) -> str:
        """Return the words, where the account has speech recognition."""
        return plain(self.fields, "Recognition")


@dataclass(frozen=True, kw_only=True)
class VideoMessage(Message):
    """A person sent a video, long or short."""

    @property
    def media_id(self) -> str:
        """Return WeChat's name for the video."""
        return plain(self.fields, "MediaId")

    @property
    def thumb_media_id(self) -> str:
        """Return WeChat's name for its preview."""
        return plain(self.fields, "ThumbMediaId")


@dataclass(frozen=True, kw_only=True)
class LocationMessage(Message):
    """A person sent a place."""

    @property
    def latitude(self) -> float | None:
        """Return degrees north; WeChat calls it X."""
        return number(self.fields, "Location_X")

    @property
    def longitude(self) -> float | None:
        """Return degrees east."""
        return number(self.fields, "Location_Y")

    @property
    def label(self) -> str:
        """Return the address."""
        return plain(self.fields, "Label")


@dataclass(frozen=True, kw_only=True)
class LinkMessage(Message):
    """A person forwarded an article."""

    @property
    def title(self) -> str:
        """Return the article's title."""
        return plain(self.fields, "Title")

    @property
    def url(self) -> str:
        """Return the article's address."""
        return plain(self.fields, "Url")


@dataclass(frozen=True, kw_only=True)
class UnknownMessage(Message):
    """A message that we only keep."""
