"""Folders of channels."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.channels import channels, groups
from wxchannels.channels.fields import ChannelFields
from wxchannels.channels.groups import (
    BadGroupPathError,
    GroupIntoItselfError,
    GroupInUseError,
    GroupNode,
    GroupTakenError,
)
from wxchannels.errors import NotFoundError
from wxchannels.models import Account, Channel


def put(session: Session, account: Account, *paths: str) -> None:
    for number, path in enumerate(paths):
        fields = ChannelFields(name=f"{path} {number}", group=path)
        channels.open_channel(session, account, fields, at=NOON)
    session.commit()


def drawn(nodes: list[GroupNode]) -> list[object]:
    return [(n.name, n.own, n.total, drawn(n.children)) for n in nodes]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("华东/上海", "华东/上海"),
        (" 华东 / 上海 ", "华东/上海"),
        ("华东／上海", "华东/上海"),
        ("/华东//上海/", "华东/上海"),
        ("  ", ""),
        ("/", ""),
        ("100%_a", "100%_a"),
    ],
)
def test_path_is_stored_one_way_however_it_is_typed(typed: str, stored: str) -> None:
    assert groups.clean_path(typed) == stored


def test_same_path_is_the_same_group(session: Session, account: Account) -> None:
    first = groups.ensure_group(session, account, "华东/上海")

    again = groups.ensure_group(session, account, "华东 / 上海")

    assert first is again


def test_tree_counts_what_is_below(session: Session, account: Account) -> None:
    put(session, account, "a/b", "a/b", "a", "c/d/e")
    archived = channels.open_channel(
        session, account, {"name": "x", "group": "a"}, at=NOON
    )
    channels.archive_channel(archived, at=NOON)
    session.commit()

    tree = groups.group_tree(session, account)

    assert drawn(tree) == [
        ("a", 1, 3, [("b", 2, 2, [])]),
        ("c", 0, 1, [("d", 0, 1, [("e", 1, 1, [])])]),
    ]


def test_renaming_a_group_takes_along_what_is_below(
    session: Session, account: Account
) -> None:
    put(session, account, "a", "a/b", "ab")

    groups.move_group(session, account, "a", "new/home")
    session.commit()

    assert groups.group_paths(session, account) == [
        "ab",
        "new",
        "new/home",
        "new/home/b",
    ]


def test_folder_above_is_one_without_a_channel_of_its_own(
    session: Session, account: Account
) -> None:
    put(session, account, "a/b/c", "a/b/c", "a/d")

    assert groups.group_paths(session, account) == ["a", "a/b", "a/b/c", "a/d"]
    folders = groups.list_folders(session, account)
    assert [(folder.path, folder.channels) for folder in folders] == [
        ("a", 3),
        ("a/b", 2),
        ("a/b/c", 2),
        ("a/d", 1),
    ]
    groups.move_group(session, account, "a/b", "x")
    assert groups.group_paths(session, account) == ["a", "a/d", "x", "x/c"]


def test_moving_onto_a_group_makes_one_of_two(
    session: Session, account: Account
) -> None:
    put(session, account, "a/x", "b/x", "b")

    with pytest.raises(GroupTakenError):
        groups.move_group(session, account, "a", "b")
    groups.move_group(session, account, "a", "b", merge=True)
    session.commit()

    assert drawn(groups.group_tree(session, account)) == [
        ("b", 1, 3, [("x", 2, 2, [])])
    ]


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("a/b/c", GroupIntoItselfError),
        ("", BadGroupPathError),
        ("x" * 65, BadGroupPathError),
    ],
)
def test_impossible_moves_are_refused(
    session: Session, account: Account, target: str, error: type[Exception]
) -> None:
    put(session, account, "a/b")

    with pytest.raises(error):
        groups.move_group(session, account, "a", target)


def test_unknown_group_cannot_be_moved(session: Session, account: Account) -> None:
    with pytest.raises(NotFoundError):
        groups.move_group(session, account, "nowhere", "a")


def test_another_accounts_groups_are_not_seen(
    session: Session, account: Account
) -> None:
    other = factories.account(session, "other")
    put(session, other, "a")

    assert groups.group_tree(session, account) == []
    assert groups.find_group(session, account, "a") is None


def test_lifting_a_group_into_the_one_above_asks_nobody(
    session: Session, account: Account
) -> None:
    put(session, account, "a/b")

    groups.move_group(session, account, "a/b", "a")

    assert groups.group_paths(session, account) == ["a"]


def test_only_an_empty_group_is_removed(session: Session, account: Account) -> None:
    put(session, account, "a/b", "c")
    groups.ensure_group(session, account, "c/empty/deep")
    [channel] = session.scalars(select(Channel).where(Channel.name.startswith("a/b")))
    channels.archive_channel(channel, at=NOON)

    groups.remove_group(session, account, "c/empty")
    for used in ["a", "a/b", "c"]:
        with pytest.raises(GroupInUseError):
            groups.remove_group(session, account, used)
    with pytest.raises(NotFoundError):
        groups.remove_group(session, account, "c/empty")

    assert groups.group_paths(session, account) == ["a", "a/b", "c"]
