"""From fields to typed pushes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict

from wxchannels.wechat.errors import MalformedPushError
from wxchannels.wechat.pushes import events, messages
from wxchannels.wechat.pushes.base import Event, Message, Push
from wxchannels.wechat.pushes.fields import read_fields, text

_SCENE_PREFIX = "qrscene_"

_EVENTS: dict[str, type[Event]] = {
    "unsubscribe": events.Unsubscribed,
    "click": events.Clicked,
    "view": events.Viewed,
    "view_miniprogram": events.MiniProgramViewed,
    "location": events.LocationReported,
    "scancode_push": events.ScanCodePushed,
    "scancode_waitmsg": events.ScanCodePushed,
    "pic_sysphoto": events.PicturesSent,
    "pic_photo_or_album": events.PicturesSent,
    "pic_weixin": events.PicturesSent,
    "location_select": events.LocationSelected,
    "templatesendjobfinish": events.TemplateJobFinished,
    "masssendjobfinish": events.MassJobFinished,
    "subscribe_msg_popup_event": events.SubscribeMessagePopup,
    "subscribe_msg_change_event": events.SubscribeMessageChanged,
    "subscribe_msg_sent_event": events.SubscribeMessageSent,
    "user_authorization_revoke": events.AuthorizationRevoked,
}

_MESSAGES: dict[str, type[Message]] = {
    "image": messages.ImageMessage,
    "voice": messages.VoiceMessage,
    "video": messages.VideoMessage,
    "shortvideo": messages.VideoMessage,
    "location": messages.LocationMessage,
    "link": messages.LinkMessage,
}


class _Header(TypedDict):
    to_user: str
    openid: str
    created_at: datetime
    msg_type: str
    fields: Mapping[str, Any]


class _EventHeader(_Header):
    event: str
    event_key: str


def parse(body: bytes) -> Push:
    """Return the push that `body` holds, in XML or JSON."""
    return from_fields(read_fields(body))


def from_fields(fields: Mapping[str, Any]) -> Push:
    """Return the push that `fields` make up; one of an unknown kind is kept as such."""
    header = _Header(
        to_user=_name(fields, "ToUserName"),
        openid=_name(fields, "FromUserName"),
        created_at=_moment(text(fields, "CreateTime").strip()),
        msg_type=_name(fields, "MsgType").lower(),
        fields=fields,
    )
    if header["msg_type"] == "event":
        return _event(header)
    return _message(header)


def _event(header: _Header) -> Event:
    fields = header["fields"]
    key = text(fields, "EventKey")
    known = _EventHeader(
        **header,
        event=text(fields, "Event").strip().lower(),
        # A line break is layout around the value, blanks belong to it.
        event_key=key.strip() if "\n" in key else key,
    )
    match known["event"]:
        case "subscribe":
            return _subscription(known)
        case "scan":
            ticket = text(fields, "Ticket").strip() or None
            return events.Scanned(**known, scene=known["event_key"], ticket=ticket)
    return _EVENTS.get(known["event"], events.UnknownEvent)(**known)


def _subscription(known: _EventHeader) -> Event:
    """Tell a follow through a code of ours from every other follow.

    The prefix is taken off once: a scene may begin with it, or with its letters.
    """
    key = known["event_key"]
    scene = key.removeprefix(_SCENE_PREFIX)
    if not scene or scene == key:
        return events.Subscribed(**known)
    ticket = text(known["fields"], "Ticket").strip() or None
    return events.SubscribedByScan(**known, scene=scene, ticket=ticket)


def _message(header: _Header) -> Message:
    fields = header["fields"]
    message_id = text(fields, "MsgId").strip()
    if header["msg_type"] == "text":
        content = text(fields, "Content")
        return messages.TextMessage(**header, message_id=message_id, content=content)
    kind = _MESSAGES.get(header["msg_type"], messages.UnknownMessage)
    return kind(**header, message_id=message_id)


def _name(fields: Mapping[str, Any], name: str) -> str:
    value = text(fields, name).strip()
    if not value:
        problem = f"{name} is missing."
        raise MalformedPushError(problem)
    return value


def _moment(seconds: str) -> datetime:
    if not (seconds.isascii() and seconds.isdigit()):
        raise MalformedPushError("CreateTime is not a number of seconds.")
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise MalformedPushError("CreateTime is in no calendar.") from error
