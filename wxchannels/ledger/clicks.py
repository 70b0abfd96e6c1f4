"""Presses of menu buttons: one row for each push, and nothing of who pressed."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from wxchannels.models import MenuClick
from wxchannels.models.menus import LONGEST_BUTTON_KEY
from wxchannels.statements import insert_new
from wxchannels.wechat.pushes import (
    Clicked,
    Event,
    LocationSelected,
    PicturesSent,
    ScanCodePushed,
    Viewed,
)

CLICKS = MenuClick.__table__
#: The pushes that a button of the menu causes.
PRESSES = (Clicked, Viewed, ScanCodePushed, PicturesSent, LocationSelected)


def record(session: Session, account_id: int, presses: Mapping[bytes, Event]) -> None:
    """Keep each press, by the key of its push, once."""
    rows = [
        {
            "account_id": account_id,
            "push_key": key,
            "event": push.event,
            "key": push.event_key[:LONGEST_BUTTON_KEY],
            "happened_at": push.created_at,
        }
        for key, push in presses.items()
    ]
    insert_new(session, CLICKS, rows)
