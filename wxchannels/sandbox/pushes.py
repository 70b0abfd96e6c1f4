"""What WeChat tells an account's server, before it is dressed for the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wxchannels.sandbox.accounts import Account, QRCode
from wxchannels.sandbox.relations import Relation

#: Pushes nobody sees an answer to, so no notice about a fault either (wechat.md 5.1).
SILENT_EVENTS = frozenset({"unsubscribe", "view", "location"})


@dataclass(frozen=True, kw_only=True)
class Push:
    """One push; its fields are what the receiver will read, in this order."""

    app_id: str
    person_id: str
    at: int
    fields: Mapping[str, Any]

    @property
    def openid(self) -> str:
        """Return whose push it is."""
        return str(self.fields["FromUserName"])

    @property
    def kind(self) -> str:
        """Return the event's name, or the message's type."""
        return str(self.fields.get("Event") or self.fields.get("MsgType"))

    @property
    def is_answerable(self) -> bool:
        """Say whether the person would see an answer."""
        return self.kind.lower() not in SILENT_EVENTS


def make_push(
    account: Account, relation: Relation, fields: Mapping[str, Any], *, at: int
) -> Push:
    """Return a push with the header every push has; `fields` may overwrite it."""
    header = {
        "ToUserName": account.original_id,
        "FromUserName": relation.openid,
        "CreateTime": at,
    }
    return Push(
        app_id=account.app_id,
        person_id=relation.person_id,
        at=at,
        fields={**header, **fields},
    )


def make_event(event: str, key: str, qrcode: QRCode | None = None) -> dict[str, Any]:
    """Return the fields of an event; the Ticket only where a code is behind it."""
    fields = {"MsgType": "event", "Event": event, "EventKey": key}
    return fields if qrcode is None else {**fields, "Ticket": qrcode.ticket}
