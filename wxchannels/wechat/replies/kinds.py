"""The replies WeChat shows (wechat.md 5.1). One for each push."""

from dataclasses import dataclass

from wxchannels.wechat.replies.characters import cut, sayable

#: The figure every client uses; WeChat's page on passive replies states none.
MAX_TEXT_BYTES = 2048
#: After an event. After a message WeChat shows only the first.
MAX_ARTICLES = 8


@dataclass(frozen=True)
class TextReply:
    """Words, which may hold links and line breaks."""

    content: str

    def __post_init__(self) -> None:
        # WeChat answers an empty text with a notice that the account is broken.
        if not self.shown.strip():
            raise ValueError("A text reply says something.")

    @property
    def shown(self) -> str:
        """The content as far as WeChat takes it."""
        return cut(sayable(self.content), MAX_TEXT_BYTES)


@dataclass(frozen=True)
class ImageReply:
    """A picture from the account's material."""

    media_id: str


@dataclass(frozen=True)
class VoiceReply:
    """A recording from the account's material."""

    media_id: str


@dataclass(frozen=True)
class VideoReply:
    """A video from the account's material."""

    media_id: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class MusicReply:
    """Music from anywhere, with a picture from the account's material."""

    thumb_media_id: str
    title: str = ""
    description: str = ""
    music_url: str = ""
    hq_music_url: str = ""


@dataclass(frozen=True)
class Article:
    """A card that leads to a page."""

    title: str
    url: str
    description: str = ""
    pic_url: str = ""


@dataclass(frozen=True)
class NewsReply:
    """Cards that lead to pages."""

    articles: tuple[Article, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.articles) <= MAX_ARTICLES:
            raise ValueError("A news reply has one to eight articles.")


@dataclass(frozen=True)
class TransferReply:
    """The person is handed to customer service, to `account` or whoever is free."""

    account: str | None = None


Reply = (
    TextReply
    | ImageReply
    | VoiceReply
    | VideoReply
    | MusicReply
    | NewsReply
    | TransferReply
)
