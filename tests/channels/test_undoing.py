"""What was changed, put back as it was: in every database, through a session's JSON."""

import json

from sqlalchemy.orm import Session

from tests import factories
from wxchannels import clock
from wxchannels.channels import channels, undoing
from wxchannels.channels.undoing import COLUMNS
from wxchannels.models import Account, Channel, ChannelState


def test_channel_is_put_back_with_all_that_staff_can_change(
    session: Session, account: Account
) -> None:
    words = {"kind": "text", "content": "hi"}
    channel = factories.channel(
        session, state=ChannelState.DISABLED, remark="a\nb", reply_new=words
    )
    channels.move_channels(session, account, [channel], "east")
    channels.archive_channel(channel, at=clock.utcnow())
    session.commit()
    before = undoing.look(session, [channel])
    channels.restore_channel(session, channel)
    fields = {"name": "Door", "tags": "a", "group": "", "reply_new": None}
    channels.edit_channel(session, channel, fields)  # type: ignore[arg-type]
    changes = undoing.compare(before, undoing.look(session, [channel]))
    session.commit()

    back = undoing.take_back(session, account, json.loads(json.dumps(changes)))
    session.commit()

    session.expire_all()
    assert back == [channel]
    assert undoing.look(session, [channel]) == before
    assert channel.live_name is None


def test_same_change_of_many_channels_is_kept_once(session: Session) -> None:
    factories.account(session)
    many = [factories.channel(session, f"{number}") for number in range(3)]
    before = undoing.look(session, many)

    channels.tag_channels(session, many[1:], "x")

    [change] = undoing.compare(before, undoing.look(session, many))
    assert change == {
        "ids": [channel.id for channel in many[1:]],
        "before": {"tags": []},
        "after": {"tags": ["x"]},
    }


def test_every_column_that_staff_change_is_kept() -> None:
    fixed = {"id", "account_id", "live_name", "created_at"}
    otherwise = {"group_id", "archived_at"}

    columns = set(Channel.__table__.columns.keys())
    assert columns == fixed | otherwise | set(COLUMNS)
