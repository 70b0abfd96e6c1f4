"""The fields of a push, out of XML or JSON that a stranger may have written.

XML is read by expat itself: a ready-made reader takes document types, any depth and
doubled elements, strips the text of a message and needs twice the time.
"""

import json
from collections.abc import Mapping
from typing import Any, Never
from xml.parsers import expat

from wxchannels.wechat.errors import MalformedPushError

#: WeChat's own pushes stay far below.
MAX_BYTES = 64 * 1024
#: The deepest push we know, the result of a mass message, has five levels.
_MAX_DEPTH = 16
#: Fields that decide who did what. Two of a kind, or elements inside one, would let two
#: readers see two different pushes.
_SINGLE = frozenset(
    (
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Event",
        "EventKey",
        "Ticket",
        "MsgId",
        "MsgID",
        "Content",
        "Encrypt",
    )
)


def read_fields(body: bytes) -> dict[str, Any]:
    """Return the fields of `body` as text, nested where WeChat nests them.

    The account's administrator chooses XML or JSON in WeChat's console; the first
    character tells which.
    """
    if len(body) > MAX_BYTES:
        raise MalformedPushError("The push is larger than 64 KiB.")
    if b"\0" in body:
        raise MalformedPushError("The push holds NUL bytes.")
    body = body.strip()
    if body.startswith(b"<"):
        fields = _read_xml(body)
    elif body.startswith(b"{"):
        fields = _read_json(body)
    else:
        raise MalformedPushError("The push is neither XML nor JSON.")
    for name in _SINGLE.intersection(fields):
        text(fields, name)
    return fields


def text(fields: Mapping[str, Any], name: str) -> str:
    """Return the text of the field, empty where it is missing."""
    value = fields.get(name, "")
    if not isinstance(value, str):
        problem = f"{name} is repeated or has elements inside."
        raise MalformedPushError(problem)
    return value


def _read_xml(body: bytes) -> dict[str, Any]:
    document = _Document()
    # Our encoding overrides the one that the document names for itself.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    # Without a document type there are no entities but XML's own five.
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = document.open
    parser.CharacterDataHandler = document.text.append
    parser.EndElementHandler = document.close
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise MalformedPushError("The push is not well-formed XML.") from error
    fields = document.root.get("xml")
    if not isinstance(fields, dict):
        raise MalformedPushError("The push is not an <xml> element with fields.")
    return fields


def _refuse_doctype(*_declaration: object) -> Never:
    raise MalformedPushError("The push declares a document type.")


class _Document:
    """What the parser has met so far, as mappings, lists of equal names, and text."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self.text: list[str] = []
        self._open = [self.root]

    def open(self, _name: str, _attributes: object) -> None:
        if len(self._open) > _MAX_DEPTH:
            raise MalformedPushError("The push is nested too deeply.")
        self._open.append({})
        # Text before an element is layout.
        self.text.clear()

    def close(self, name: str) -> None:
        value = self._open.pop() or "".join(self.text)
        self.text.clear()
        around = self._open[-1]
        if name not in around:
            around[name] = value
        elif isinstance(around[name], list):
            around[name].append(value)
        else:
            around[name] = [around[name], value]


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        # Numbers stay as WeChat wrote them, so that 4711 and "4711" are one scene,
        # as they are in XML.
        document = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
        )
        fields: dict[str, Any] = _plain(document, _MAX_DEPTH)
        if b"\\u" in body:
            # Half a surrogate pair can be escaped but never stored.
            json.dumps(fields, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise MalformedPushError("The push is not well-formed JSON.") from error
    return fields


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a mapping; a name that comes twice is refused."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise MalformedPushError("The push repeats a field.")
    return fields


def _plain(value: Any, levels: int) -> Any:  # noqa: ANN401 - as deep as it comes
    """Return what JSON holds as XML would have said it: in text alone."""
    if isinstance(value, str):
        if "\0" in value:
            raise MalformedPushError("The push holds NUL characters.")
        return value
    if not levels:
        raise MalformedPushError("The push is nested too deeply.")
    if isinstance(value, dict):
        return {name: _plain(item, levels - 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, levels - 1) for item in value]
    return "" if value is None else str(value).lower()
