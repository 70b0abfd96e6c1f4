"""Opening, changing and putting away channels."""

import threading
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels import database
from wxchannels.channels import channels
from wxchannels.channels.channels import ChannelNameTakenError
from wxchannels.channels.fields import (
    BadChannelNameError,
    BadOwnerError,
    BadRemarkError,
    BadTagsError,
    BadWeChatTagError,
    ChannelFields,
)
from wxchannels.channels.groups import BadGroupPathError
from wxchannels.channels.replies import BadReplyError
from wxchannels.errors import NotFoundError
from wxchannels.extensions import db
from wxchannels.models import Account, Channel, ChannelState

FAMILY = "👨‍👩‍👧"


def open_one(session: Session, account: Account, **fields: object) -> Channel:
    given = cast("ChannelFields", {"name": "Counter", **fields})
    channel = channels.open_channel(session, account, given, at=NOON)
    session.commit()
    return channel


def test_channel_needs_only_a_name(session: Session, account: Account) -> None:
    channel = open_one(session, account)

    assert (channel.name, channel.state) == ("Counter", ChannelState.ACTIVE)
    assert (channel.group, channel.owner, channel.remark) == (None, None, "")
    assert channel.created_at == NOON


def test_everything_a_form_says_is_kept(session: Session, account: Account) -> None:
    channel = open_one(
        session,
        account,
        name="  静安寺店·收银台 ",
        group="华东／上海",
        tags="门店, 桌贴，门店",
        owner="Xu@Example.com",
        remark="two\r\nlines",
        reply_new="你好",
        reply_following={"kind": "image", "media_id": "m"},
    )

    session.refresh(channel)
    assert channel.name == "静安寺店·收银台"
    assert channel.group is not None
    assert channel.group.path == "华东/上海"
    assert sorted(channels.tag_names(channel)) == ["桌贴", "门店"]
    assert channel.owner == "xu@example.com"
    assert channel.remark == "two\nlines"
    assert channel.reply_new == {"kind": "text", "content": "你好"}
    assert channel.reply_returning is None
    assert channel.reply_following == {"kind": "image", "media_id": "m"}


@pytest.mark.parametrize("name", ["x" * 64, FAMILY * 12, "=1+1", "<script>", "上" * 64])
def test_unusual_names_are_kept_as_they_are(
    session: Session, account: Account, name: str
) -> None:
    channel = open_one(session, account, name=name)

    session.refresh(channel)
    assert channel.name == name


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb", "a\x00b", "a\ud800b"])
def test_names_no_report_can_show_are_refused(
    session: Session, account: Account, name: str
) -> None:
    with pytest.raises(BadChannelNameError):
        open_one(session, account, name=name)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("owner", "nobody", BadOwnerError),
        ("owner", "a b@c", BadOwnerError),
        ("owner", "x" * 250 + "@y.cn", BadOwnerError),
        ("tags", ["x" * 33], BadTagsError),
        ("tags", ["a,b"], BadTagsError),
        ("tags", ["a\x00"], BadTagsError),
        ("tags", [str(n) for n in range(21)], BadTagsError),
        ("remark", "x" * 501, BadRemarkError),
        ("tag_in_wechat", "字" * 31, BadWeChatTagError),
        ("tag_in_wechat", "a\x07b", BadWeChatTagError),
        ("remark", "\x00", BadRemarkError),
        ("group", "a/" * 7 + "b", BadGroupPathError),
        ("group", "x" * 65, BadGroupPathError),
        ("group", "a\nb", BadGroupPathError),
        ("reply_new", "x" * 2049, BadReplyError),
        ("reply_new", "\x01", BadReplyError),
        ("reply_new", {"kind": "smoke"}, BadReplyError),
        ("reply_new", 7, BadReplyError),
        ("reply_returning", {"kind": "image"}, BadReplyError),
    ],
)
def test_bad_fields_are_refused_at_their_field(
    session: Session,
    account: Account,
    field: str,
    value: object,
    error: type[Exception],
) -> None:
    with pytest.raises(error) as caught:
        open_one(session, account, **{field: value})

    assert caught.value.field == field  # type: ignore[attr-defined]
    assert session.scalar(select(func.count(Channel.id))) == 0


def test_name_is_taken_until_its_channel_is_archived(
    session: Session, account: Account
) -> None:
    first = open_one(session, account)
    with pytest.raises(ChannelNameTakenError):
        open_one(session, account)

    channels.archive_channel(first, at=NOON)
    session.commit()

    assert open_one(session, account).id != first.id
    assert first.archived_at == NOON


def test_two_accounts_may_use_the_same_name(session: Session, account: Account) -> None:
    other = factories.account(session, "other")
    open_one(session, account)

    assert open_one(session, other).account_id == other.id


def test_names_that_differ_in_case_are_two(session: Session, account: Account) -> None:
    open_one(session, account, name="Shop")

    assert open_one(session, account, name="shop").name == "shop"


def test_archived_channel_cannot_return_to_a_taken_name(
    session: Session, account: Account
) -> None:
    first = open_one(session, account)
    channels.archive_channel(first, at=NOON)
    session.commit()
    open_one(session, account)

    with pytest.raises(ChannelNameTakenError):
        channels.restore_channel(session, first)

    assert first.state == ChannelState.ARCHIVED


def test_edit_changes_what_is_named_and_nothing_else(
    session: Session, account: Account
) -> None:
    channel = open_one(session, account, group="华东", tags=["a", "b"], owner="x@y.cn")

    channels.edit_channel(session, channel, {"name": "收银台", "tags": ["b", "c"]})
    session.commit()

    session.refresh(channel)
    assert (channel.name, channel.pinyin) == ("收银台", "shouyintai syt")
    assert channels.tag_names(channel) == ["b", "c"]
    assert channel.owner == "x@y.cn"
    assert channel.group is not None


def test_edit_to_a_taken_name_changes_nothing(
    session: Session, account: Account
) -> None:
    open_one(session, account)
    other = open_one(session, account, name="Poster", remark="old")

    with pytest.raises(ChannelNameTakenError):
        channels.edit_channel(session, other, {"name": "Counter", "remark": "new"})

    assert (other.name, other.remark) == ("Poster", "old")


def test_group_reply_and_owner_can_be_emptied(
    session: Session, account: Account
) -> None:
    channel = open_one(session, account, group="a", owner="x@y.cn", reply_new="hi")

    channels.edit_channel(
        session, channel, {"group": None, "owner": "", "reply_new": " "}
    )

    assert (channel.group, channel.owner, channel.reply_new) == (None, None, None)


def test_disabled_channel_can_be_enabled_and_an_archived_one_cannot(
    session: Session, account: Account
) -> None:
    channel = open_one(session, account)
    states = []
    for change in (channels.disable_channel, channels.enable_channel):
        change(channel)
        states.append(channel.state)
    channels.archive_channel(channel, at=NOON)
    for change in (channels.disable_channel, channels.enable_channel):
        change(channel)
        states.append(channel.state)

    assert states == ["disabled", "active", "archived", "archived"]


def test_many_channels_are_moved_and_tagged_at_once(
    session: Session, account: Account
) -> None:
    both = [open_one(session, account, name=name, tags=["old"]) for name in "ab"]

    channels.move_channels(session, account, both, "华东/上海")
    channels.tag_channels(session, both, "new, old")
    channels.untag_channels(session, both[:1], "old")
    session.commit()

    assert [c.group.path for c in both if c.group] == ["华东/上海"] * 2
    assert [channels.tag_names(c) for c in both] == [["new"], ["new", "old"]]
    assert channels.list_tags(session, account) == [("new", 2), ("old", 1)]


def test_twenty_first_tag_is_refused(session: Session, account: Account) -> None:
    channel = open_one(session, account, tags=[str(n) for n in range(20)])

    with pytest.raises(BadTagsError):
        channels.tag_channels(session, [channel], "one more")


@pytest.mark.parametrize("channel_id", [2**31, 2**63, 10**30])
def test_numbers_beyond_the_column_are_nobodys(
    session: Session, account: Account, channel_id: int
) -> None:
    with pytest.raises(NotFoundError):
        channels.get_channel(session, account, channel_id)
    assert channels.get_channels(session, account, [channel_id]) == []


def test_another_accounts_channel_does_not_exist(
    session: Session, account: Account
) -> None:
    other = factories.account(session, "other")
    channel = open_one(session, other)

    with pytest.raises(NotFoundError):
        channels.get_channel(session, account, channel.id)
    assert channels.get_channels(session, account, [channel.id]) == []


def test_of_two_who_open_the_same_name_at_once_one_is_refused(
    app: Flask, session: Session, account: Account
) -> None:
    session.rollback()
    outcomes: list[object] = []
    together = threading.Barrier(2)

    def attempt() -> None:
        database.writing.set(True)
        with app.app_context():
            own = db.session()
            together.wait(10)
            try:
                mine = own.get_one(Account, account_id)
                open_one(own, mine)
                outcomes.append("opened")
            except ChannelNameTakenError:
                outcomes.append("refused")

    account_id = account.id
    session.rollback()
    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(map(str, outcomes)) == ["opened", "refused"]
