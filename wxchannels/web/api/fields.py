"""What a value in a request or an answer can be."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar, NoReturn

from flask_babel import gettext
from marshmallow import ValidationError, fields, missing

from wxchannels.channels.replies import text_of
from wxchannels.errors import N_
from wxchannels.models import ChannelGroup, ChannelTag

DIGITS = re.compile(r"[0-9]{1,10}")
BAD_NUMBER = N_("Write a whole number from %(least)s to %(most)s.")
BAD_CHOICE = N_("Choose one of: %(choices)s.")
BAD_SCENE = N_("A scene is a text or a whole number.")
BAD_REPLY = N_("A reply is a text or an object with a “kind”.")
REPLY_OBJECT = {
    "type": "object",
    "properties": {"kind": {"type": "string"}},
    "required": ["kind"],
}


def refuse(sentence: str, **params: object) -> NoReturn:
    """Refuse a value with a sentence in the reader's language."""
    raise ValidationError(gettext(sentence) % params)


class Described(fields.Field[Any]):
    """A value with its description in OpenAPI."""

    openapi: ClassVar[Mapping[str, Any]] = {}

    def __init__(
        self,
        *,
        openapi: Mapping[str, Any] | None = None,
        required: bool = False,
        allow_none: bool | None = None,
        load_default: object = missing,
        data_key: str | None = None,
    ) -> None:
        super().__init__(
            required=required,
            allow_none=allow_none,
            load_default=load_default,
            data_key=data_key,
            metadata=dict(openapi or self.openapi),
        )


class Whole(Described):
    """A whole number in a query, written in digits."""

    def __init__(
        self, least: int, most: int, *, load_default: object = missing
    ) -> None:
        self.least, self.most = least, most
        bounds = {"type": "integer", "minimum": least, "maximum": most}
        super().__init__(openapi=bounds, load_default=load_default)

    def _deserialize(self, value: object, *more: object, **options: object) -> int:
        del more, options
        digits = str(value)
        if not DIGITS.fullmatch(digits) or not self.least <= int(digits) <= self.most:
            refuse(BAD_NUMBER, least=self.least, most=self.most)
        return int(digits)


class Choice(Described):
    """One of a few words."""

    def __init__(
        self,
        choices: type[StrEnum] | Sequence[str],
        *,
        required: bool = False,
        allow_none: bool = False,
        load_default: object = missing,
        data_key: str | None = None,
    ) -> None:
        self.choices = [str(choice) for choice in choices]
        null = [None] if allow_none else []
        super().__init__(
            openapi={"type": "string", "enum": [*self.choices, *null]},
            required=required,
            allow_none=allow_none,
            load_default=load_default,
            data_key=data_key,
        )

    def _deserialize(self, value: object, *more: object, **options: object) -> str:
        del more, options
        if not isinstance(value, str) or value not in self.choices:
            refuse(BAD_CHOICE, choices=", ".join(self.choices))
        return value


class Day(Described):
    """A day of the account's calendar. `Period` reads it, and says what is wrong."""

    openapi: ClassVar = {"type": "string", "format": "date", "examples": ["2026-03-02"]}

    def _serialize(self, value: date | None, *more: object, **options: object) -> str:
        del more, options
        return "" if value is None else value.isoformat()


class Moment(Described):
    """A moment, said in RFC 3339 and UTC to the second."""

    openapi: ClassVar = {
        "type": "string",
        "format": "date-time",
        "examples": ["2026-03-02T04:00:00Z"],
    }

    def _serialize(
        self, value: datetime | None, *more: object, **options: object
    ) -> str | None:
        del more, options
        return None if value is None else rfc3339(value)


class Scene(Described):
    """What is put into a code: a text or a number, and `true` is neither."""

    openapi: ClassVar = {"type": ["string", "integer"]}

    def _deserialize(
        self, value: object, *more: object, **options: object
    ) -> str | int:
        del more, options
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            refuse(BAD_SCENE)
        return value


class Reply(Described):
    """What people read after a scan: a text, or `{kind, …}` for the other kinds."""

    openapi: ClassVar = {"oneOf": [{"type": "string"}, REPLY_OBJECT, {"type": "null"}]}

    def _deserialize(
        self, value: object, *more: object, **options: object
    ) -> str | dict[str, Any]:
        del more, options
        if not isinstance(value, (str, dict)):
            refuse(BAD_REPLY)
        return value

    def _serialize(
        self, value: Mapping[str, Any] | None, *more: object, **options: object
    ) -> str | Mapping[str, Any] | None:
        del more, options
        return text_of(value) or value


class GroupPath(Described):
    """Where a channel is filed, like 华东/上海."""

    openapi: ClassVar = {"type": ["string", "null"]}

    def _serialize(
        self, value: ChannelGroup | None, *more: object, **options: object
    ) -> str | None:
        del more, options
        return value.path if value else None


class TagNames(Described):
    """The words stuck on a channel."""

    openapi: ClassVar = {"type": "array", "items": {"type": "string"}}

    def _serialize(
        self, value: Sequence[ChannelTag] | None, *more: object, **options: object
    ) -> list[str]:
        del more, options
        return [tag.name for tag in value or ()]


def rfc3339(at: datetime) -> str:
    """Return the moment as RFC 3339 writes it in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
