"""What we answer to a push: typed replies, their XML, and how they are stored."""

from wxchannels.wechat.replies.kinds import (
    MAX_ARTICLES,
    MAX_TEXT_BYTES,
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from wxchannels.wechat.replies.mappings import (
    MAX_FIELD_BYTES,
    ReplyFieldError,
    from_mapping,
    to_mapping,
)
from wxchannels.wechat.replies.rendering import render, seal_reply

__all__ = [
    "MAX_ARTICLES",
    "MAX_FIELD_BYTES",
    "MAX_TEXT_BYTES",
    "Article",
    "ImageReply",
    "MusicReply",
    "NewsReply",
    "Reply",
    "ReplyFieldError",
    "TextReply",
    "TransferReply",
    "VideoReply",
    "VoiceReply",
    "from_mapping",
    "render",
    "seal_reply",
    "to_mapping",
]
