"""Groups: folders of channels, named by their path from the top."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wxchannels.channels.words import has_control_characters, one_line
from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.models import Account, Channel, ChannelGroup, ChannelState

SEPARATOR = "/"
PATH_LENGTH = 255
NAME_LENGTH = 64
DEEPEST = 6


class BadGroupPathError(DomainError):
    """A path that cannot be shown as a tree."""

    sentence = N_(
        "A group is written like 华东/上海: up to 6 names of at most 64 characters, "
        "255 in all."
    )
    field = "group"


class GroupIntoItselfError(DomainError):
    """A folder cannot be put into one of its own."""

    sentence = N_("A group cannot be moved into itself.")
    field = "group"


class GroupTakenError(DomainError):
    """A move would make one of two groups: that cannot be taken apart again."""

    sentence = N_(
        "“%(path)s” already exists. Merging cannot be undone: tick the box to merge."
    )
    field = "merge"


class GroupInUseError(DomainError):
    """Only a group without channels is removed."""

    sentence = N_(
        "There are channels in “%(path)s”, perhaps archived ones. Move them first."
    )


@dataclass
class Folder:
    """A group as it is managed, with all channels in it and below."""

    path: str
    tag_in_wechat: str | None = None
    channels: int = 0


@dataclass
class GroupNode:
    """A folder of the tree, with the unarchived channels in it and below."""

    path: str
    own: int = 0
    total: int = 0
    children: list["GroupNode"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit(SEPARATOR, 1)[-1]


def clean_path(text: str) -> str:
    """Return the path as stored, or say that it is none; empty is no group."""
    names = [one_line(name) for name in text.replace("／", SEPARATOR).split(SEPARATOR)]
    names = [name for name in names if name]
    path = SEPARATOR.join(names)
    too_long = any(len(name) > NAME_LENGTH for name in names)
    if too_long or len(names) > DEEPEST or len(path) > PATH_LENGTH:
        raise BadGroupPathError
    if has_control_characters(path):
        raise BadGroupPathError
    return path


def ensure_group(session: Session, account: Account, text: str) -> ChannelGroup | None:
    """Return the group at the path `text`, made if need be; None for no path."""
    path = clean_path(text)
    if not path:
        return None
    found = find_group(session, account, path)
    if found is not None:
        return found
    group = ChannelGroup(account_id=account.id, path=path)
    try:
        with session.begin_nested():
            session.add(group)
    except IntegrityError:
        # Somebody else made it between our look and our insert.
        return find_group(session, account, path)
    return group


def find_group(session: Session, account: Account, path: str) -> ChannelGroup | None:
    """Return the group at `path`, if there is one."""
    return session.scalar(
        select(ChannelGroup).where(
            ChannelGroup.account_id == account.id, ChannelGroup.path == path
        )
    )


def below(path: str) -> ColumnElement[bool]:
    """Return the condition that a group is at `path` or somewhere below it."""
    return or_(
        ChannelGroup.path == path,
        ChannelGroup.path.startswith(path + SEPARATOR, autoescape=True),
    )


def upwards(path: str) -> list[str]:
    """Return the paths from the top down to `path`: 华东, 华东/上海."""
    names = path.split(SEPARATOR)
    return [SEPARATOR.join(names[:depth]) for depth in range(1, len(names) + 1)]


def group_paths(session: Session, account: Account) -> list[str]:
    """Return the account's groups, also those that only hold other groups."""
    query = select(ChannelGroup.path).where(ChannelGroup.account_id == account.id)
    return sorted({above for path in session.scalars(query) for above in upwards(path)})


def list_folders(session: Session, account: Account) -> list[Folder]:
    """Return the same groups with what is managed of them, by path."""
    query = select(
        ChannelGroup.path, ChannelGroup.tag_in_wechat, func.count(Channel.id)
    )
    query = query.outerjoin(Channel, Channel.group_id == ChannelGroup.id)
    query = query.where(ChannelGroup.account_id == account.id)
    folders: dict[str, Folder] = {}
    for path, tag, count in session.execute(
        query.group_by(ChannelGroup.path, ChannelGroup.tag_in_wechat)
    ):
        for above in upwards(path):
            folders.setdefault(above, Folder(above)).channels += count
        folders[path].tag_in_wechat = tag
    return [folders[path] for path in sorted(folders)]


def group_tree(session: Session, account: Account) -> list[GroupNode]:
    """Return the folders at the top, each with what is below it."""
    counts = select(ChannelGroup.path, func.count(Channel.id)).select_from(ChannelGroup)
    live = Channel.state != ChannelState.ARCHIVED
    counts = counts.outerjoin(Channel, (Channel.group_id == ChannelGroup.id) & live)
    counts = counts.where(ChannelGroup.account_id == account.id)
    nodes: dict[str, GroupNode] = {"": GroupNode("")}
    for path, count in session.execute(counts.group_by(ChannelGroup.path)):
        above = ""
        for here in upwards(path):
            if here not in nodes:
                nodes[here] = GroupNode(here)
                nodes[above].children.append(nodes[here])
            nodes[here].total += count
            above = here
        nodes[path].own += count
    for node in nodes.values():
        node.children.sort(key=lambda child: child.path)
    return nodes[""].children


def move_group(
    session: Session, account: Account, path: str, text: str, *, merge: bool = False
) -> str:
    """Rename or move the group at `path` with all below it; return its new path.

    Where there is a group of the new path already the two become one, if `merge`
    says so; else that is a `GroupTakenError`.
    """
    target = clean_path(text)
    if not target:
        raise BadGroupPathError
    if target == path:
        return target
    if (target + SEPARATOR).startswith(path + SEPARATOR):
        raise GroupIntoItselfError
    groups = _at_or_below(session, account, path)
    if not groups:
        raise NotFoundError
    if not merge and set(_at_or_below(session, account, target)) - set(groups):
        raise GroupTakenError(path=target)
    for group in groups:
        _move_one(session, account, group, target + group.path.removeprefix(path))
    return target


def name_tag(session: Session, account: Account, path: str, tag: str | None) -> None:
    """Have WeChat tag, or not, who follows through a channel of the group at `path`."""
    group = find_group(session, account, path)
    if group is None and tag:
        group = ensure_group(session, account, path)
    if group is not None:
        group.tag_in_wechat = tag


def remove_group(session: Session, account: Account, path: str) -> None:
    """Remove the group at `path` and those below it; none may have a channel."""
    groups = _at_or_below(session, account, path)
    if not groups:
        raise NotFoundError
    ids = [group.id for group in groups]
    if session.scalar(select(Channel.id).where(Channel.group_id.in_(ids)).limit(1)):
        raise GroupInUseError(path=path)
    for group in groups:
        session.delete(group)
    session.flush()


def _at_or_below(
    session: Session, account: Account, path: str
) -> Sequence[ChannelGroup]:
    query = select(ChannelGroup).where(ChannelGroup.account_id == account.id)
    return session.scalars(query.where(below(path))).all()


def _move_one(
    session: Session, account: Account, group: ChannelGroup, target: str
) -> None:
    existing = find_group(session, account, clean_path(target))
    if existing is None:
        group.path = clean_path(target)
        session.flush()
        return
    into = update(Channel).where(Channel.group_id == group.id)
    session.execute(into.values(group_id=existing.id))
    session.delete(group)
    session.flush()
