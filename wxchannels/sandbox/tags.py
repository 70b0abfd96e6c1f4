"""Tags on followers (wechat.md 9.3)."""

from collections.abc import Sequence

from wxchannels.sandbox.accounts import Account, Tag
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.relations import Relation

#: Below this WeChat keeps its own, such as the star.
FIRST_TAG = 100
LAST_SYSTEM_TAG = 2
MOST_TAGS = 100
MOST_TAGS_OF_ONE = 20
MOST_OPENIDS = 50
LONGEST_NAME = 30


def create(account: Account, name: object) -> Tag:
    """Add a tag with a new name."""
    if len(account.tags) >= MOST_TAGS:
        raise RefusedError(45056, "too many tags")
    checked = _check_name(account, name)
    ids = [tag.tag_id for tag in account.tags]
    tag = Tag(max([FIRST_TAG - 1, *ids]) + 1, checked)
    account.tags.append(tag)
    return tag


def rename(account: Account, tag_id: object, name: object) -> None:
    """Give a tag another name."""
    tag = get_tag(account, tag_id)
    tag.name = _check_name(account, name)


def delete(account: Account, tag_id: object) -> None:
    """Take a tag away from everybody."""
    tag = get_tag(account, tag_id)
    account.tags.remove(tag)
    for relation in tagged(account, tag):
        relation.tags.remove(tag.tag_id)


def get_tag(account: Account, tag_id: object) -> Tag:
    """Return one of the account's own tags."""
    if isinstance(tag_id, int) and 0 <= tag_id <= LAST_SYSTEM_TAG:
        raise RefusedError(45058, "can't modify sys tag")
    for tag in account.tags:
        if tag.tag_id == tag_id:
            return tag
    raise RefusedError(45159, "invalid tag id")


def tagged(account: Account, tag: Tag) -> Sequence[Relation]:
    """Return who has the tag."""
    return [one for one in account.relations.values() if tag.tag_id in one.tags]


def put_on(account: Account, tag_id: object, openids: object) -> None:
    """Tag followers, all of them or none."""
    tag = get_tag(account, tag_id)
    relations = _find(account, openids)
    if any(len({*one.tags, tag.tag_id}) > MOST_TAGS_OF_ONE for one in relations):
        raise RefusedError(45059, "can't add more than 20 tags to a user")
    for relation in relations:
        if tag.tag_id not in relation.tags:
            relation.tags.append(tag.tag_id)


def take_off(account: Account, tag_id: object, openids: object) -> None:
    """Take a tag away from some people."""
    tag = get_tag(account, tag_id)
    for relation in _find(account, openids):
        if tag.tag_id in relation.tags:
            relation.tags.remove(tag.tag_id)


def _find(account: Account, openids: object) -> Sequence[Relation]:
    if not isinstance(openids, list) or not 1 <= len(openids) <= MOST_OPENIDS:
        raise RefusedError(40032, "invalid openid list size")
    if any(openid not in account.relations for openid in openids):
        raise RefusedError(40003, "invalid openid")
    return [account.relations[openid] for openid in openids]


def _check_name(account: Account, name: object) -> str:
    """Refuse an empty, over-long or taken name."""
    if not isinstance(name, str) or not name:
        raise RefusedError(45157, "invalid tag name")
    if len(name) > LONGEST_NAME:
        raise RefusedError(45158, "tag name length exceeds 30")
    if any(tag.name == name for tag in account.tags):
        raise RefusedError(45157, "invalid tag name")
    return name
