"""Reading what no figure depends on: what is not as expected counts as not there."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def plain(fields: Mapping[str, Any], name: str) -> str:
    """Return the field's text, or ""."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def number(fields: Mapping[str, Any], name: str) -> float | None:
    """Return the field's number, if it is one."""
    try:
        value = float(plain(fields, name))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def nested(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the fields inside the field, or none."""
    value = fields.get(name)
    return value if isinstance(value, Mapping) else {}


def items(fields: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """Return the field's entries: WeChat writes a single one without a list."""
    value = fields.get(name)
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, Mapping)]
