"""From replies to the XML that WeChat reads."""

from datetime import datetime

from wxchannels.wechat.crypto import seal_message
from wxchannels.wechat.replies.characters import sayable
from wxchannels.wechat.replies.kinds import (
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
from wxchannels.wechat.signature import sign


def render(reply: Reply, *, to: str, sender: str, at: datetime) -> str:
    """Return `reply` as the account `sender` says it to the openid `to`."""
    return _element(
        "xml",
        _text("ToUserName", to),
        _text("FromUserName", sender),
        _element("CreateTime", str(int(at.timestamp()))),
        _body(reply),
    )


def seal_reply(
    xml: str, *, token: str, aes_key: str, app_id: str, timestamp: str, nonce: str
) -> str:
    """Return the rendered reply as safe mode wants it: sealed and signed."""
    encrypted = seal_message(xml.encode(), aes_key, app_id)
    # A stranger chose the nonce. What is signed must be what WeChat will read.
    timestamp, nonce = sayable(timestamp), sayable(nonce)
    return _element(
        "xml",
        _text("Encrypt", encrypted),
        _text("MsgSignature", sign(token, timestamp, nonce, encrypted)),
        _text("TimeStamp", timestamp),
        _text("Nonce", nonce),
    )


def _body(reply: Reply) -> str:
    """Return what differs from kind to kind."""
    match reply:
        case TextReply():
            kind, content = "text", _text("Content", reply.shown)
        case ImageReply(media_id):
            kind, content = "image", _element("Image", _text("MediaId", media_id))
        case VoiceReply(media_id):
            kind, content = "voice", _element("Voice", _text("MediaId", media_id))
        case VideoReply():
            kind, content = "video", _video(reply)
        case MusicReply():
            kind, content = "music", _music(reply)
        case NewsReply():
            kind, content = "news", _news(reply)
        case TransferReply():
            kind, content = "transfer_customer_service", _transfer(reply)
    return _text("MsgType", kind) + content


def _video(reply: VideoReply) -> str:
    return _element(
        "Video",
        _text("MediaId", reply.media_id),
        _text("Title", reply.title),
        _text("Description", reply.description),
    )


def _music(reply: MusicReply) -> str:
    return _element(
        "Music",
        _text("Title", reply.title),
        _text("Description", reply.description),
        _text("MusicUrl", reply.music_url),
        _text("HQMusicUrl", reply.hq_music_url),
        _text("ThumbMediaId", reply.thumb_media_id),
    )


def _news(reply: NewsReply) -> str:
    count = _element("ArticleCount", str(len(reply.articles)))
    return count + _element("Articles", *map(_item, reply.articles))


def _item(article: Article) -> str:
    return _element(
        "item",
        _text("Title", article.title),
        _text("Description", article.description),
        _text("PicUrl", article.pic_url),
        _text("Url", article.url),
    )


def _transfer(reply: TransferReply) -> str:
    if reply.account is None:
        return ""
    return _element("TransInfo", _text("KfAccount", reply.account))


def _element(name: str, *content: str) -> str:
    return f"<{name}>{''.join(content)}</{name}>"


def _text(name: str, value: str) -> str:
    """Return an element that holds `value` and nothing else, whatever it says.

    A CDATA section ends at the first `]]>`, so one inside the value is spread over two.
    """
    inside = sayable(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{inside}]]></{name}>"
