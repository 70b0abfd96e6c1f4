"""What a person enters to connect an account, and what is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from wxchannels.channels.words import has_control_characters
from wxchannels.errors import N_, DomainError
from wxchannels.models import Mode
from wxchannels.wechat.crypto import decode_aes_key

NAME_LENGTH = 64
ID_LENGTH = 64
SECRET_LENGTH = 128
#: How much of a secret is shown.
HINT_LENGTH = 3
DEFAULT_TIME_ZONE = "Asia/Shanghai"
#: What Python lists beside the places on the map.
NO_PLACES = {"Factory", "localtime"}
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")

#: First segments of addresses that mean something else, today or by plan.
RESERVED_SLUGS = frozenset(
    {
        "accounts",
        "admin",
        "api",
        "auth",
        "bind",
        "bindings",
        "channels",
        "confirm",
        "demo",
        "docs",
        "empower",
        "events",
        "favicon",
        "favicon-ico",
        "forgot",
        "healthz",
        "help",
        "login",
        "logout",
        "members",
        "menus",
        "metrics",
        "notfound",
        "overview",
        "password",
        "people",
        "preferences",
        "profile",
        "qrcode",
        "readyz",
        "reports",
        "reset",
        "robots",
        "sandbox",
        "search",
        "security",
        "session",
        "sessions",
        "settings",
        "setup",
        "share",
        "sign-in",
        "sign-out",
        "static",
        "tf-setup",
        "tf-validate",
        "two-factor",
        "us-setup",
        "users",
        "verify",
        "wechat",
        "weixin",
    }
)


class MissingError(DomainError):
    """Everything WeChat or people recognise an account by has to be there."""

    sentence = N_("This is needed.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class TooLongError(DomainError):
    """What is pasted into the wrong field is usually too long for it."""

    sentence = N_("This is longer than %(limit)s characters. Is it in the right field?")

    def __init__(self, field: str, limit: int) -> None:
        self.field = field
        super().__init__(limit=limit)


class InvisibleError(DomainError):
    """What is pasted brings along what nobody sees; WeChat would not know it."""

    sentence = N_("This holds characters that nobody can see. Type it anew.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class BadSlugError(DomainError):
    """The slug is part of every address, also of the one WeChat calls."""

    field = "slug"
    sentence = N_(
        "Use 1 to 40 lower-case letters, digits and hyphens; begin with no hyphen."
    )


class ReservedSlugError(DomainError):
    """An account's pages would hide our own."""

    field = "slug"
    sentence = N_("“%(slug)s” is an address of our own. Choose another one.")


class BadTokenError(DomainError):
    """WeChat's console takes nothing else."""

    field = "token"
    sentence = N_("The token has 3 to 32 letters and digits, as in WeChat’s console.")


class BadAesKeyError(DomainError):
    """WeChat's console gives nothing else."""

    field = "aes_key"
    sentence = N_("The EncodingAESKey has exactly 43 letters and digits.")


class AesKeyNeededError(DomainError):
    """Encrypted pushes cannot be read without it."""

    field = "aes_key"
    sentence = N_("This mode encrypts pushes: enter the EncodingAESKey as well.")


class BadModeError(DomainError):
    """WeChat knows three."""

    field = "mode"
    sentence = N_("The mode is plain, compatible or safe.")


class BadTimeZoneError(DomainError):
    """Days are days of a place on the map."""

    field = "time_zone"
    sentence = N_("There is no time zone “%(name)s”. Try one like Asia/Shanghai.")


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones; looked up once, on disk."""
    return frozenset(available_timezones() - NO_PLACES)


@dataclass(frozen=True, kw_only=True)
class Connection:
    """An account's settings as entered: names as in WeChat's console."""

    slug: str
    name: str
    app_id: str
    original_id: str
    app_secret: str
    token: str
    aes_key: str = ""
    mode: str = Mode.SAFE
    time_zone: str = DEFAULT_TIME_ZONE

    def problems(self) -> list[DomainError]:
        """Return all that is wrong, in the order of the form; empty means fine."""
        return [
            *self._slug_problems(),
            *_length_problems("name", self.name, NAME_LENGTH),
            *_length_problems("app_id", self.app_id, ID_LENGTH),
            *_length_problems("app_secret", self.app_secret, SECRET_LENGTH),
            *_length_problems("original_id", self.original_id, ID_LENGTH),
            *self._callback_problems(),
            *self._time_zone_problems(),
        ]

    def _slug_problems(self) -> Iterator[DomainError]:
        if not SLUG.fullmatch(self.slug):
            yield BadSlugError()
        elif self.slug in RESERVED_SLUGS:
            yield ReservedSlugError(slug=self.slug)

    def _callback_problems(self) -> Iterator[DomainError]:
        if self.mode not in set(Mode):
            yield BadModeError()
        if not TOKEN.fullmatch(self.token):
            yield BadTokenError()
        if self.aes_key:
            yield from _aes_key_problems(self.aes_key)
        elif self.mode in {Mode.COMPATIBLE, Mode.SAFE}:
            yield AesKeyNeededError()

    def _time_zone_problems(self) -> Iterator[DomainError]:
        if self.time_zone not in time_zones():
            yield BadTimeZoneError(name=self.time_zone)


def _length_problems(field: str, text: str, limit: int) -> Iterator[DomainError]:
    if not text:
        yield MissingError(field)
    elif len(text) > limit:
        yield TooLongError(field, limit)
    elif has_control_characters(text):
        yield InvisibleError(field)


def _aes_key_problems(text: str) -> Iterator[DomainError]:
    try:
        decode_aes_key(text)
    except ValueError:
        yield BadAesKeyError()


def hint(secret: str) -> str:
    """Return just enough of a secret to tell which one it is."""
    return f"••••{secret[-HINT_LENGTH:]}" if len(secret) > 2 * HINT_LENGTH else "••••"
