"""What every push has in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Push:
    """Something WeChat told us about one person."""

    #: The account's original id, `gh_…`.
    to_user: str
    openid: str
    #: When it happened, by WeChat's clock; a retry carries the same.
    created_at: datetime
    msg_type: str
    #: Everything WeChat sent, in its own words.
    fields: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Event(Push):
    """A push about what a person, or WeChat itself, did."""

    #: In lower case: WeChat writes `subscribe` but `SCAN`. Its own spelling is
    #: `fields["Event"]`.
    event: str
    event_key: str


@dataclass(frozen=True, kw_only=True)
class Message(Push):
    """A push with what a person sent to the account."""

    message_id: str
