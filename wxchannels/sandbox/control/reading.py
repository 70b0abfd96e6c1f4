"""Reading what the control API was sent."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, get_origin, get_type_hints

from flask import request

from wxchannels.sandbox.errors import NotPossibleError

Settings = TypeVar("Settings")


def read_body() -> dict[str, Any]:
    """Return the JSON object that was sent; nothing at all counts as an empty one."""
    if not request.get_data():
        return {}
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise NotPossibleError("The body must be a JSON object.")
    return body


def read_list(body: Mapping[str, Any], name: str) -> list[Any]:
    """Return the list called `name`."""
    value = body.get(name)
    if not isinstance(value, list):
        raise NotPossibleError("“%s” must be a list.", name)
    return value


def change(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return `settings` with `changes`, whose names and types must be right."""
    hints = get_type_hints(type(settings))
    known = {one.name for one in fields(settings)}  # type: ignore[arg-type] # a dataclass
    for name, value in changes.items():
        if name not in known:
            raise NotPossibleError("There is no setting “%s”.", name)
        if not _fits(value, get_origin(hints[name]) or hints[name]):
            raise NotPossibleError("“%s” cannot be %r.", name, value)
    return replace(settings, **changes)  # type: ignore[type-var] # the same


def _fits(value: object, kind: type) -> bool:
    """Say whether `value` may stand where a `kind` is kept."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (float, int) if kind is float else kind)
