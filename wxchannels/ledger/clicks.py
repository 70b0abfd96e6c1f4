"""Presses of menu buttons: one row for each push."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from wxchannels.ledger.deliveries import Opened
from wxchannels.ledger.followers import Locked
from wxchannels.models import MenuClick
from wxchannels.models.menus import LONGEST_BUTTON_KEY
from wxchannels.statements import insert_new
from wxchannels.wechat.pushes import (
    Clicked,
    LocationSelected,
    PicturesSent,
    ScanCodePushed,
    Viewed,
)

CLICKS = MenuClick.__table__
#: The pushes that a button of the menu causes.
PRESSES = (Clicked, Viewed, ScanCodePushed, PicturesSent, LocationSelected)


def record(
    session: Session,
    account_id: int,
    opened: Sequence[Opened],
    people: Mapping[bytes, Locked],
) -> None:
    """Keep each press, by the key of its push, once."""
    rows = {
        item.key: {
            "account_id": account_id,
            "push_key": item.key,
            "follower_id": people[item.openid_hash].id if item.openid_hash else None,
            "event": item.push.event,
            "key": item.push.event_key[:LONGEST_BUTTON_KEY],
            "happened_at": item.push.created_at,
        }
        for item in opened
        if isinstance(item.push, PRESSES)
    }
    insert_new(session, CLICKS, list(rows.values()))
