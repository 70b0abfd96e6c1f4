"""Everything under /cgi-bin/tags."""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from wxchannels.sandbox import tags
from wxchannels.sandbox.accounts import Tag
from wxchannels.sandbox.api.gate import Call, Endpoint
from wxchannels.sandbox.api.menus import OK
from wxchannels.sandbox.errors import RefusedError


def create(call: Call) -> Mapping[str, Any]:
    """Add a tag."""
    return {"tag": _describe(tags.create(call.account, _given(call).get("name")))}


def show(call: Call) -> Mapping[str, Any]:
    """Return every tag and how many people have it."""
    return {
        "tags": [
            {**_describe(tag), "count": len(tags.tagged(call.account, tag))}
            for tag in call.account.tags
        ]
    }


def rename(call: Call) -> Mapping[str, Any]:
    """Give a tag another name."""
    tag = _given(call)
    tags.rename(call.account, tag.get("id"), tag.get("name"))
    return OK


def delete(call: Call) -> Mapping[str, Any]:
    """Take a tag away."""
    tags.delete(call.account, _given(call).get("id"))
    return OK


def put_on(call: Call) -> Mapping[str, Any]:
    """Tag up to fifty people."""
    tags.put_on(call.account, call.body.get("tagid"), call.body.get("openid_list"))
    return OK


def take_off(call: Call) -> Mapping[str, Any]:
    """Untag up to fifty people."""
    tags.take_off(call.account, call.body.get("tagid"), call.body.get("openid_list"))
    return OK


def list_of_person(call: Call) -> Mapping[str, Any]:
    """Return a person's tags."""
    relation = call.account.relations.get(str(call.body.get("openid")))
    if relation is None:
        raise RefusedError(40003, "invalid openid")
    return {"tagid_list": relation.tags}


def _given(call: Call) -> dict[str, Any]:
    tag = call.body.get("tag")
    return tag if isinstance(tag, dict) else {}


def _describe(tag: Tag) -> dict[str, Any]:
    return {"id": tag.tag_id, "name": tag.name}


ENDPOINTS = (
    Endpoint("/cgi-bin/tags/create", HTTPMethod.POST, create),
    Endpoint("/cgi-bin/tags/get", HTTPMethod.GET, show),
    Endpoint("/cgi-bin/tags/update", HTTPMethod.POST, rename),
    Endpoint("/cgi-bin/tags/delete", HTTPMethod.POST, delete),
    Endpoint("/cgi-bin/tags/members/batchtagging", HTTPMethod.POST, put_on),
    Endpoint("/cgi-bin/tags/members/batchuntagging", HTTPMethod.POST, take_off),
    Endpoint("/cgi-bin/tags/getidlist", HTTPMethod.POST, list_of_person),
)
