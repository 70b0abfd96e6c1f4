"""What can be said about a channel, checked a field at a time."""

import re
from collections.abc import Sequence
from typing import Any, TypedDict

from wxchannels.channels.pinyin import spell
from wxchannels.channels.replies import AUDIENCES, check_reply
from wxchannels.channels.words import (
    has_control_characters,
    one_line,
    split_words,
    unique,
)
from wxchannels.errors import N_, DomainError
from wxchannels.models.channels import NAME_LENGTH, WECHAT_TAG_LENGTH

TAG_LENGTH = 32
MOST_TAGS = 20
OWNER_LENGTH = 254
REMARK_LENGTH = 500
#: No look-up, no opinion on domains: who is in charge may be at an internal address.
ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")


class ChannelFields(TypedDict, total=False):
    """What a form or a program says about a channel; what is absent stays as it is."""

    name: str
    group: str | None
    tags: Sequence[str] | str
    owner: str | None
    remark: str
    tag_in_wechat: str | None
    reply_new: str | dict[str, Any] | None
    reply_returning: str | dict[str, Any] | None
    reply_following: str | dict[str, Any] | None


class BadChannelNameError(DomainError):
    """Reports list channels by name, so a name can be seen and fits a line."""

    sentence = N_("A name has 1 to 64 characters and no line breaks.")
    field = "name"


class BadOwnerError(DomainError):
    """Reports go to the owner, so it is an address."""

    sentence = N_("Enter the e-mail address of who is in charge.")
    field = "owner"


class BadTagsError(DomainError):
    """Tags are for filters: short and few."""

    sentence = N_("A channel has up to 20 tags of at most 32 characters.")
    field = "tags"


class BadWeChatTagError(DomainError):
    """WeChat's own limit for the name of a tag."""

    sentence = N_("A tag in WeChat has at most 30 characters and no line breaks.")
    field = "tag_in_wechat"


class BadRemarkError(DomainError):
    """A remark that does not fit."""

    sentence = N_("A remark has at most 500 characters.")
    field = "remark"


def check_columns(fields: ChannelFields) -> dict[str, Any]:
    """Return the columns that `fields` stand for, all but the group's; or refuse."""
    columns: dict[str, Any] = {}
    if "name" in fields:
        columns["name"] = check_name(fields["name"])
        columns["pinyin"] = spell(columns["name"])
    if "tags" in fields:
        columns["tags"] = check_tags(fields["tags"])
    if "owner" in fields:
        columns["owner"] = check_owner(fields["owner"])
    if "remark" in fields:
        columns["remark"] = check_remark(fields["remark"])
    if "tag_in_wechat" in fields:
        columns["tag_in_wechat"] = check_wechat_tag(fields["tag_in_wechat"])
    for audience in AUDIENCES:
        if audience in fields:
            columns[audience] = check_reply(audience, fields[audience])
    return columns


def check_name(text: str) -> str:
    """Return the name as stored."""
    name = one_line(text)
    if not 1 <= len(name) <= NAME_LENGTH or has_control_characters(name):
        raise BadChannelNameError
    return name


def check_owner(text: str | None) -> str | None:
    """Return the e-mail address of who is in charge, in small letters, if any."""
    owner = one_line(text or "").lower()
    if not owner:
        return None
    if len(owner) > OWNER_LENGTH or not ADDRESS.fullmatch(owner):
        raise BadOwnerError
    if has_control_characters(owner):
        raise BadOwnerError
    return owner


def check_tags(given: Sequence[str] | str) -> list[str]:
    """Return the tags, each once; a text is split at commas and line ends."""
    tags = (
        split_words(given) if isinstance(given, str) else unique(map(one_line, given))
    )
    if len(tags) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in tags):
        raise BadTagsError
    if any(has_control_characters(tag) or "," in tag for tag in tags):
        raise BadTagsError
    return tags


def check_wechat_tag(text: str | None) -> str | None:
    """Return the name of the tag as WeChat will get it, if there is one."""
    tag = one_line(text or "")
    if len(tag) > WECHAT_TAG_LENGTH or has_control_characters(tag):
        raise BadWeChatTagError
    return tag or None


def check_remark(text: str) -> str:
    """Return the remark as stored, its line ends as one character each."""
    remark = text.replace("\r\n", "\n").strip()
    if len(remark) > REMARK_LENGTH or has_control_characters(remark, allowed="\n\t"):
        raise BadRemarkError
    return remark
