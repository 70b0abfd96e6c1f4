"""Changing channels: the form, acts on one or many, groups."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.web.browser import Browser, hidden_fields, sentences, undo_address
from tests.web.channel_rows import act, reread
from wxchannels.channels import channels, groups
from wxchannels.channels.channels import tag_names
from wxchannels.models import (
    Account,
    AuditEntry,
    Channel,
    ChannelGroup,
    ChannelState,
    ChannelTag,
)

LIST = "/main/channels"


def test_channel_is_changed(staff: Browser, session: Session) -> None:
    picture = {"kind": "image", "media_id": "m"}
    channel = factories.channel(session, reply_following=picture)

    fields = {
        "name": "New name",
        "tags": "a",
        "reply_new-content": "hi",
        "reply_following-kind": "image",
        "reply_following-media_id": "m",
    }

    answer = staff.send(f"/main/channels/{channel.id}/edit", **fields)

    reread(session, channel)
    assert answer.status_code == 302
    assert channel.name == "New name"
    assert channel.reply_new == {"kind": "text", "content": "hi"}
    assert channel.reply_following == picture


def test_edited_channel_shows_its_replies_in_their_fields(
    staff: Browser, session: Session
) -> None:
    article = {"title": "Menu", "url": "https://e.example", "pic_url": ""}
    channel = factories.channel(
        session,
        reply_new={"kind": "news", "articles": [{**article, "description": "{date}"}]},
    )

    page = staff.get(f"/main/channels/{channel.id}/edit").text

    assert '<option selected value="news">' in page
    assert 'value="https://e.example"' in page
    assert "{date}</textarea>" in page


def test_preview_of_an_empty_reply_is_the_account_s_default(
    staff: Browser, session: Session, account: Account
) -> None:
    account.reply_new = {"kind": "text", "content": "the default of {account}"}
    channel = factories.channel(session)
    address = "/main/replies/preview?of=reply_new&audience=reply_new"

    page = sentences(staff.get(f"/main/channels/{channel.id}/edit"))
    preview = sentences(staff.send(address, page=f"/main/channels/{channel.id}/edit"))

    assert "the default of 半亩茶" in page
    assert "the default of 半亩茶" in preview


def test_taken_name_is_refused_and_input_kept(staff: Browser, session: Session) -> None:
    factories.channel(session, "Taken")
    channel = factories.channel(session)

    answer = staff.send(
        f"/main/channels/{channel.id}/edit", name="Taken", remark="as typed"
    )

    assert answer.status_code == 422
    assert "There is already a channel called “Taken”." in sentences(answer)
    assert "as typed" in answer.text


@pytest.mark.parametrize(
    ("do", "before", "after"),
    [
        ("archive", "active", "archived"),
        ("restore", "archived", "active"),
        ("disable", "active", "disabled"),
        ("enable", "disabled", "active"),
    ],
)
def test_act_is_done_at_once_and_can_be_taken_back(
    staff: Browser, session: Session, do: str, before: str, after: str
) -> None:
    factories.channel(session, "Another")
    channel = factories.channel(session, state=before)

    act(staff, do=do, id=str(channel.id))

    reread(session, channel)
    assert channel.state == after
    staff.undo(LIST)
    reread(session, channel)
    assert channel.state == before


def test_undo_leaves_what_the_act_did_not_change(
    staff: Browser, session: Session
) -> None:
    active = factories.channel(session, "Active")
    disabled = factories.channel(session, "Disabled", state=ChannelState.DISABLED)
    ids = [str(active.id), str(disabled.id)]

    for do in ("disable", "archive"):
        act(staff, do=do, id=ids)
        staff.undo(LIST)

    session.rollback()
    assert active.state == ChannelState.ACTIVE
    assert disabled.state == ChannelState.DISABLED
    disabled_by_us = AuditEntry.action == "channel.disable"
    written = session.scalars(select(AuditEntry.subject_id).where(disabled_by_us))
    assert written.all() == [active.id]


def test_restored_channel_is_what_it_was_when_it_was_archived(
    staff: Browser, session: Session
) -> None:
    channel = factories.channel(session, state=ChannelState.DISABLED)
    act(staff, do="archive", id=str(channel.id))

    act(staff, do="restore", id=str(channel.id))

    reread(session, channel)
    assert channel.state == ChannelState.DISABLED
    assert channel.archived_from is None


def test_act_that_changed_nothing_has_nothing_to_take_back(
    staff: Browser, session: Session
) -> None:
    channel = factories.channel(session, state=ChannelState.DISABLED)

    act(staff, do="disable", id=str(channel.id))

    assert undo_address(staff.get(LIST)) == ""


@pytest.mark.parametrize(
    "fields", [{"do": "untag", "tags": "x"}, {"do": "tag", "tags": "x, z"}]
)
def test_each_channel_gets_the_tags_back_that_it_had(
    staff: Browser, session: Session, fields: dict[str, str]
) -> None:
    worn = {"A": ["x", "y"], "B": ["y"], "C": []}
    tagged = {name: factories.channel(session, name) for name in worn}
    for name, channel in tagged.items():
        channel.tags = [ChannelTag(name=tag) for tag in worn[name]]
    session.commit()

    act(staff, **fields, id=[str(channel.id) for channel in tagged.values()])
    staff.undo(LIST)

    session.rollback()
    assert {name: tag_names(channel) for name, channel in tagged.items()} == worn


def test_each_channel_goes_back_to_the_group_it_was_in(
    staff: Browser, session: Session
) -> None:
    first, second = factories.channel(session, "A"), factories.channel(session, "B")
    act(staff, do="move", id=str(first.id), group="old")

    act(staff, do="move", id=[str(first.id), str(second.id)], group="new")
    staff.undo(LIST)

    session.rollback()
    assert first.group
    assert (first.group.path, second.group) == ("old", None)


def test_what_somebody_changed_since_is_not_taken_back(
    staff: Browser, session: Session, account: Account
) -> None:
    mine, theirs = factories.channel(session, "A"), factories.channel(session, "B")
    act(staff, do="move", id=[str(mine.id), str(theirs.id)], group="new")
    session.rollback()
    channels.move_channels(session, account, [theirs], "newer")
    session.commit()

    told = sentences(staff.get(staff.undo(LIST).location))

    session.rollback()
    assert theirs.group
    assert (mine.group, theirs.group.path) == (None, "newer")
    assert "1 channel is as it was before." in told
    assert "1 channel stays as it is: it was changed again since, or" in told


def test_group_that_is_gone_comes_back_with_its_channel(
    staff: Browser, session: Session, account: Account
) -> None:
    channel = factories.channel(session)
    other = factories.account(session, "other")
    act(staff, do="move", id=str(channel.id), group="old")
    act(staff, do="move", id=str(channel.id), group="")
    session.rollback()
    groups.remove_group(session, account, "old")
    # In SQLite it gets the number of the one that is gone.
    groups.ensure_group(session, other, "theirs")
    session.commit()

    staff.undo(LIST)

    reread(session, channel)
    assert channel.group
    assert (channel.group.path, channel.group.account_id) == ("old", account.id)


def test_name_that_was_taken_meanwhile_keeps_one_channel_archived(
    staff: Browser, session: Session
) -> None:
    taken, free = factories.channel(session, "A"), factories.channel(session, "B")
    act(staff, do="archive", id=[str(taken.id), str(free.id)])
    session.rollback()
    factories.channel(session, "A")

    told = sentences(staff.get(staff.undo(LIST).location))

    session.rollback()
    assert (taken.state, free.state) == (ChannelState.ARCHIVED, ChannelState.ACTIVE)
    assert "1 channel is as it was before." in told
    assert "1 channel stays as it is: it was changed again since, or" in told


def test_refused_undo_can_be_tried_again(staff: Browser, session: Session) -> None:
    channel = factories.channel(session, "Counter")
    act(staff, do="archive", id=str(channel.id))
    session.rollback()
    newer = factories.channel(session, "Counter")
    staff.undo(LIST)
    session.rollback()
    newer.name = "Door"
    session.commit()

    staff.undo(LIST)

    reread(session, channel)
    assert channel.state == ChannelState.ACTIVE


def test_only_the_last_change_is_taken_back_and_once(
    staff: Browser, session: Session
) -> None:
    first, last = factories.channel(session, "A"), factories.channel(session, "B")
    act(staff, do="archive", id=str(first.id))
    old = undo_address(staff.get(LIST))
    act(staff, do="archive", id=str(last.id))
    new = undo_address(staff.get(LIST))

    told = [staff.send(address, page=LIST).location for address in (old, new, new)]

    said = sentences(staff.get(told[-1]))
    session.rollback()
    assert (first.state, last.state) == (ChannelState.ARCHIVED, ChannelState.ACTIVE)
    assert "This cannot be taken back any more." in said


def test_edited_channel_is_put_back_with_its_replies(
    staff: Browser, session: Session
) -> None:
    words = {"kind": "text", "content": "hi"}
    channel = factories.channel(
        session, "Counter", owner="x@e.example", reply_new=words
    )
    own = f"/main/channels/{channel.id}"
    staff.send(f"{own}/edit", name="Door", tags="a", reply_new="")

    back = staff.undo(own).location

    reread(session, channel)
    assert back == own
    assert (channel.name, channel.owner, channel.reply_new, channel.tags) == (
        "Counter",
        "x@e.example",
        words,
        [],
    )
    assert "took the last change back" in sentences(staff.get(own))


def test_tags_are_added_and_taken_back_where_they_were_new(
    staff: Browser, session: Session
) -> None:
    channel = factories.channel(session)

    act(staff, do="typed", id=str(channel.id), tags="a, b")

    reread(session, channel)
    assert [tag.name for tag in channel.tags] == ["a", "b"]
    staff.undo(LIST)
    reread(session, channel)
    assert channel.tags == []


def test_channel_is_moved_and_taken_back(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)

    act(staff, do="typed", id=str(channel.id), group="华东/上海")

    reread(session, channel)
    assert channel.group is not None
    assert channel.group.path == "华东/上海"
    staff.undo(LIST)
    reread(session, channel)
    assert channel.group is None


def test_act_leads_back_to_the_list_as_it_was(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)

    back = act(staff, do="archive", id=str(channel.id), view="q=x&sort=name")

    assert back == "/main/channels?q=x&sort=name"
    elsewhere = act(staff, do="restore", id=str(channel.id), view="//evil.example/")
    assert elsewhere.startswith("/main/channels?")


def test_act_on_nothing_says_so(staff: Browser, session: Session) -> None:
    factories.channel(session)

    act(staff, do="archive")

    page = sentences(staff.get("/main/channels"))
    assert "Tick at least one channel first." in page


def test_refused_act_changes_nothing(staff: Browser, session: Session) -> None:
    factories.channel(session)
    other = factories.channel(session, "Other", state="archived")
    old = factories.channel(session, state="archived")

    ids = {"id": [str(other.id), str(old.id)], "do": "restore"}
    token = {"csrf_token": _token(staff)}
    staff.post("/main/channels/batch", data={**ids, **token})

    session.rollback()
    states = session.scalars(select(Channel.state).order_by(Channel.id)).all()
    assert states == [ChannelState.ACTIVE, ChannelState.ARCHIVED, ChannelState.ARCHIVED]


def _token(browser: Browser) -> str:
    page = browser.get("/main/channels")
    return page.text.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.parametrize("do", ["", "delete", "__class__"])
def test_unknown_act_is_a_bad_request(
    staff: Browser, session: Session, do: str
) -> None:
    factories.channel(session)

    answer = staff.send("/main/channels/batch", page="/main/channels", do=do)

    assert answer.status_code == 400


def test_act_needs_the_forms_token(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)

    answer = staff.post(
        "/main/channels/batch", data={"do": "archive", "id": channel.id}
    )

    reread(session, channel)
    assert answer.status_code == 400
    assert channel.state == ChannelState.ACTIVE


def test_group_is_renamed_on_its_page(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)
    act(staff, do="move", id=str(channel.id), group="a/b")

    staff.send("/main/channels/groups", path="a/b", group="c")

    reread(session, channel)
    assert channel.group is not None
    reread(session, channel.group)
    assert channel.group.path == "c"
    refused = staff.send("/main/channels/groups", path="c", group="c/d")
    assert refused.status_code == 422
    assert "cannot be moved into itself" in sentences(refused)
    assert 'value="c/d"' in refused.text


def test_two_groups_become_one_only_when_that_is_ticked(
    staff: Browser, session: Session
) -> None:
    a, b = factories.channel(session, "A"), factories.channel(session, "B")
    act(staff, do="move", id=str(a.id), group="a")
    act(staff, do="move", id=str(b.id), group="b")
    page = "/main/channels/groups"

    asked = staff.send(page, path="a", group="b")
    assert asked.status_code == 422
    assert "“b” already exists" in sentences(asked)
    assert 'name="merge"' in asked.text
    assert 'name="merge"' not in staff.get(page).text
    staff.send(page, path="a", group="b", merge="y")

    session.rollback()
    assert [group.path for group in session.scalars(select(ChannelGroup))] == ["b"]
    assert a.group_id == b.group_id


def test_folder_that_only_holds_others_is_renamed_tagged_and_removed(
    staff: Browser, session: Session
) -> None:
    channel = factories.channel(session)
    act(staff, do="move", id=str(channel.id), group="a/b")
    page = "/main/channels/groups"

    staff.send(page, path="a", group="x", tag_in_wechat="华东")
    act(staff, do="move", id=str(channel.id), group="")
    staff.send(f"{page}/remove", page=page, path="nowhere")
    assert "There is no such thing here." in sentences(staff.get(page))
    staff.send(f"{page}/remove", page=page, path="x/b")

    session.rollback()
    groups = session.execute(select(ChannelGroup.path, ChannelGroup.tag_in_wechat))
    assert groups.all() == [("x", "华东")]


def test_channel_names_the_tag_that_wechat_puts_on_its_followers(
    staff: Browser, session: Session
) -> None:
    channel = factories.channel(session, "Counter")
    page = f"/main/channels/{channel.id}/edit"

    refused = staff.send(page, name="Counter", tag_in_wechat="x" * 31)
    staff.send(page, name="Counter", tag_in_wechat="到店")

    assert "at most 30 characters" in sentences(refused)
    assert "in WeChat: 到店" in sentences(staff.get(f"/main/channels/{channel.id}"))
    assert 'value="到店"' in staff.get(page).text


def test_group_names_the_tag_for_its_channels(
    staff: Browser, session: Session, account: Account
) -> None:
    session.add(ChannelGroup(account_id=account.id, path="a"))
    session.commit()
    page = "/main/channels/groups"

    staff.send(page, path="a", group="b", tag_in_wechat="华东")
    refused = staff.post(
        page,
        data={**hidden_fields(staff.get(page)), "path": "b", "group": "b"}
        | {"tag_in_wechat": "x" * 31},
        follow_redirects=True,
    )

    assert "at most 30 characters" in sentences(refused)
    session.rollback()
    [group] = session.scalars(select(ChannelGroup))
    assert (group.path, group.tag_in_wechat) == ("b", "华东")


@pytest.mark.parametrize("what", ["tag", "untag"])
def test_no_tag_is_none_to_put_on_or_take_off(
    staff: Browser, session: Session, what: str
) -> None:
    channel = factories.channel(session)

    act(staff, do=what, id=str(channel.id), tags=" , ")

    assert "Type a tag first." in sentences(staff.get("/main/channels"))


def test_moved_into_no_group_is_said(staff: Browser, session: Session) -> None:
    channel = factories.channel(session)
    act(staff, do="move", id=str(channel.id), group="a")

    act(staff, do="move", id=str(channel.id), group="")

    assert "1 channel is in no group now." in sentences(staff.get("/main/channels"))
