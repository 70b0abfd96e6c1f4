"""Files to take along: all pictures in an archive, a list for a spreadsheet."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, request
from zipstream import ZipStream

from wxchannels.channels.pictures import (
    DEFAULT_SCALE,
    Format,
    NamedPicture,
    draw,
    named_pictures,
)
from wxchannels.models import Channel
from wxchannels.reports.export import Cell, csv_lines

#: Pixels of a module in an archive: about 10 cm at 300 dpi.
ARCHIVE_SCALE = 30


def zip_response(channels: Iterable[Channel], name: str) -> Response:
    """Return an archive of every issued code, drawn while it is sent."""
    scale = request.values.get("scale", default=ARCHIVE_SCALE, type=int)
    archive = ZipStream()
    for picture in named_pictures(channels):
        archive.add(_drawn(picture, scale or DEFAULT_SCALE), picture.path)
    return _attachment(iter(archive), f"{name}.zip", "application/zip")


def csv_response(rows: Iterable[Sequence[Cell]], name: str) -> Response:
    """Return a list that spreadsheets read right and cannot be tricked by."""
    lines = (line.encode() for line in csv_lines(rows))
    return _attachment(lines, f"{name}.csv", "text/csv")


def _drawn(picture: NamedPicture, scale: int) -> Iterator[bytes]:
    yield draw(picture.url, Format.PNG, scale=scale)


def _attachment(content: Iterator[bytes], name: str, media_type: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=_plain(name))
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(name: str) -> str:
    """Return the name in letters that every browser and header takes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain if letter.isalnum() or letter in "-_.")
