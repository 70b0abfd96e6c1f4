"""Pictures of codes: drawn here from what WeChat says they must say."""

import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import segno

from wxchannels.models import Channel, QRCode

#: The light frame that scanners need, in modules.
QUIET_ZONE = 4
DEFAULT_SCALE = 10
LARGEST_SCALE = 60
#: What some system or other does not take in the name of a file.
FORBIDDEN = frozenset('\\/:*?"<>|')
PORTS = (f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))
RESERVED = frozenset(("con", "prn", "aux", "nul", *PORTS))
#: Invisible, but emoji of several people are glued together by it.
JOINER = "\N{ZERO WIDTH JOINER}"
FILE_NAME_LENGTH = 80


class Format(StrEnum):
    """How a picture is written."""

    PNG = "png"
    SVG = "svg"


MEDIA_TYPES = {Format.PNG: "image/png", Format.SVG: "image/svg+xml"}


@dataclass(frozen=True)
class NamedPicture:
    """A picture to be drawn, and the name of its file in an archive."""

    path: str
    url: str


def draw(url: str, kind: Format, *, scale: int = DEFAULT_SCALE) -> bytes:
    """Return the code that says `url`; level M survives a smudge and stays coarse."""
    drawn = io.BytesIO()
    size = bounded_scale(scale)
    code = segno.make(url, error="m", micro=False, boost_error=False)
    code.save(drawn, kind=kind.value, scale=size, border=QUIET_ZONE)
    return drawn.getvalue()


def bounded_scale(scale: int) -> int:
    """Return the size of a module in pixels, within reason."""
    return min(max(scale, 1), LARGEST_SCALE)


def file_name(text: str, fallback: str) -> str:
    """Return `text` as the name of a file on any system, without its ending."""
    allowed = "".join("_" if _is_forbidden(letter) else letter for letter in text)
    name = allowed[:FILE_NAME_LENGTH].strip(" .")
    return (
        f"_{name}" if name.lower().partition(".")[0] in RESERVED else name or fallback
    )


def named_pictures(channels: Iterable[Channel]) -> list[NamedPicture]:
    """Return a picture for every code that was issued, by group and channel."""
    taken: set[str] = set()
    return [
        NamedPicture(_unused(_path(qrcode), qrcode.scene, taken), qrcode.url)
        for channel in channels
        for qrcode in channel.qrcodes
        if qrcode.url
    ]


def _path(qrcode: QRCode) -> str:
    channel = qrcode.channel
    folders = channel.group.path.split("/") if channel.group else []
    names = [*folders, channel.name]
    return "/".join(file_name(name, qrcode.scene) for name in names)


def _unused(path: str, scene: str, taken: set[str]) -> str:
    """Return the path, or one with the scene: some systems do not tell case apart."""
    if path.lower() in taken:
        path = f"{path} {file_name(scene, 'code')}"
    number = 2
    unique = path
    while unique.lower() in taken:
        unique = f"{path} ({number})"
        number += 1
    taken.add(unique.lower())
    return f"{unique}.png"


def _is_forbidden(letter: str) -> bool:
    hidden = unicodedata.category(letter) in {"Cc", "Cs", "Cf"} and letter != JOINER
    return letter in FORBIDDEN or hidden
