"""The settings, read once from the environment; every problem is named at once."""

import base64
import binascii
import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from sqlalchemy.exc import ArgumentError

from wxchannels.database import engine_options, is_in_memory, normal_url

PREFIX = "WXCHANNELS_"
ROOT = Path(__file__).parent
SECRET_KEY_LENGTH = 32
METRICS_TOKEN_LENGTH = 16
DATA_KEY_BYTES = 32
#: The largest number there is any use for, and of days that dates can go back.
MOST = 1_000_000
MOST_DAYS = 36_500
NUMBER = re.compile(r"[0-9]{1,9}")
ADDRESS = re.compile(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?")
REDIS = re.compile(r"rediss?://\S+")
#: `.example.com` stands for all names below it.
HOST = re.compile(r"\.?(\w[\w-]*\.)*\w[\w-]*")


class BadSettingsError(Exception):
    """The settings do not let us start. Says all that is wrong, a line each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The settings need attention:\n  " + "\n  ".join(problems))


class Environment:
    """Our settings as text: the environment, then `.env`, `…_FILE` for secrets.

    Collects what is wrong with them instead of stopping at the first problem.
    """

    def __init__(self, values: Mapping[str, str], problems: Sequence[str]) -> None:
        self.values = values
        self.problems = list(problems)

    def text(self, name: str, default: str = "") -> str:
        """Return the setting's text; a file named by `NAME_FILE` comes first."""
        path = self.values.get(f"{PREFIX}{name}_FILE")
        if not path:
            return self._given(name) or default
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            self.problem(f"{name}_FILE", f"cannot be read: {why}")
            return default

    def _given(self, name: str) -> str:
        text = self.values.get(PREFIX + name, "").strip()
        try:
            text.encode()
        except UnicodeEncodeError:
            self.problem(name, "is not UTF-8")
            return ""
        return text

    def required(self, name: str, why: str) -> str:
        """Return the setting's text, or note that it is missing."""
        text = self.text(name)
        if not text and not any(name in problem for problem in self.problems):
            self.problem(name, f"is missing: {why}")
        return text

    def number(
        self, name: str, default: int, *, least: int = 0, most: int = MOST
    ) -> int:
        """Return a whole number from `least` to `most`."""
        text = self.text(name, str(default))
        # Python itself refuses to read thousands of digits.
        if NUMBER.fullmatch(text) and least <= int(text) <= most:
            return int(text)
        self.problem(name, f"must be a whole number from {least} to {most}")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes or no."""
        text = self.text(name, "true" if default else "false").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text not in {"0", "false", "no", "off"}:
            self.problem(name, "must be true or false")
        return False

    def address(self, name: str, default: str) -> str:
        """Return an http(s) address without a trailing slash."""
        text = self.text(name, default)
        if text and not _is_address(text):
            self.problem(
                name,
                "must begin with http:// or https:// and name a host: no user, blank,"
                " ? or #, and a port only from 1 to 65535",
            )
        return text.rstrip("/")

    def hosts(self, name: str) -> list[str]:
        """Return host names that are given by commas."""
        parts = [part.strip().lower() for part in self.text(name).split(",")]
        named = [part for part in parts if part]
        if not all(map(_is_host, named)):
            self.problem(name, "must be host names by commas, without http:// and port")
        return named

    def folder(self, name: str, default: Path) -> Path:
        """Return a folder that we can write in; it is made where there is none."""
        path = Path(self.text(name, str(default)))
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            self.problem(name, f"cannot be made: {error.strerror}")
        return path

    def problem(self, name: str, what: str) -> None:
        """Note what is wrong with a setting, once."""
        line = f"{PREFIX}{name} {what}"
        if line not in self.problems:
            self.problems.append(line)


class Config:
    """Flask's configuration, from `values`. Raises `BadSettingsError`."""

    #: How long a push waits for the database before the spool takes it.
    CALLBACK_DEADLINE_SECONDS: float = 1.5

    def __init__(self, values: Mapping[str, str], problems: Sequence[str] = ()) -> None:
        env = Environment(values, problems)
        self._read_required(env)
        self._read_database(env)
        self._read_hosts(env)
        self.ERASE_ON_UNFOLLOW = env.flag("ERASE_ON_UNFOLLOW", default=True)
        #: Whom webhooks may reach in a private network, and without https.
        self.WEBHOOK_ALLOWED_HOSTS = frozenset(
            host.strip().lower()
            for host in env.text("WEBHOOK_ALLOWED_HOSTS").split(",")
            if host.strip()
        )
        self.RAW_RETENTION_DAYS = env.number(
            "RAW_RETENTION_DAYS", 90, least=1, most=MOST_DAYS
        )
        self.METRICS_TOKEN = env.text("METRICS_TOKEN")
        if 0 < len(self.METRICS_TOKEN) < METRICS_TOKEN_LENGTH:
            least = f"must have {METRICS_TOKEN_LENGTH} or more characters"
            env.problem("METRICS_TOKEN", least)
        self.REDIS_URL = env.text("REDIS_URL")
        if self.REDIS_URL and not _names_a_host(self.REDIS_URL, REDIS):
            # Not what was given: it may hold a password.
            env.problem("REDIS_URL", "is not like redis://host:6379/0")
        self.RATELIMIT_STORAGE_URI = self.REDIS_URL or "memory://"
        self.RATELIMIT_SWALLOW_ERRORS = True
        if self.REDIS_URL:
            # Limits fail open; they must do so before anybody gives up waiting.
            patience = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), 0.5)
            self.RATELIMIT_STORAGE_OPTIONS = patience
        #: Where the demo's simulated WeChat shows its phone.
        self.SANDBOX_URL = env.address("SANDBOX_URL", "")
        if env.problems:
            raise BadSettingsError(env.problems)

    def _read_required(self, env: Environment) -> None:
        why = "`python -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one"
        self.SECRET_KEY = env.required("SECRET_KEY", why)
        if 0 < len(self.SECRET_KEY) < SECRET_KEY_LENGTH:
            env.problem(
                "SECRET_KEY", f"must have {SECRET_KEY_LENGTH} or more characters"
            )
        why = "`openssl rand -base64 32` makes one; keep a copy, the data needs it"
        keys = env.required("DATA_KEYS", why)
        self.DATA_KEYS = [_data_key(env, key) for key in keys.split(",") if keys]
        env.required("BASE_URL", "say how people and WeChat reach this server")
        self.BASE_URL = env.address("BASE_URL", "")

    def _read_database(self, env: Environment) -> None:
        default = f"sqlite:///{ROOT / 'instance' / 'wxchannels.sqlite3'}"
        try:
            url = normal_url(env.text("DATABASE_URL", default), folder=ROOT)
        except (ArgumentError, ValueError):
            # Not what was given: it may hold a password.
            env.problem("DATABASE_URL", "is not like postgresql://user@host/name")
            url = default
        if is_in_memory(url):
            env.problem("DATABASE_URL", "must name a file: memory keeps nothing")
        self.SQLALCHEMY_DATABASE_URI = url
        self.SQLALCHEMY_ENGINE_OPTIONS = engine_options(url)
        self.SPOOL_DIR = env.folder("SPOOL_DIR", ROOT / "instance" / "spool")

    def _read_hosts(self, env: Environment) -> None:
        self.API_BASE = env.address("API_BASE", "https://api.weixin.qq.com")
        self.MP_BASE = env.address("MP_BASE", "https://mp.weixin.qq.com")
        self.OPEN_BASE = env.address("OPEN_BASE", "https://open.weixin.qq.com")
        #: Fewer than a worker has threads: the rest are for pushes.
        self.PAGES_AT_ONCE = env.number("PAGES_AT_ONCE", 12, least=1)
        self.PROXIES = env.number("PROXIES", 0)
        self.TRUSTED_HOSTS = env.hosts("TRUSTED_HOSTS") or None
        self.SESSION_COOKIE_SECURE = self.BASE_URL.startswith("https://")
        self.SESSION_COOKIE_SAMESITE = "Lax"
        #: A form may be filled in for as long as the session lasts.
        self.WTF_CSRF_TIME_LIMIT = None
        self.PERMANENT_SESSION_LIFETIME = timedelta(days=14)

    @classmethod
    def from_environment(cls) -> "Config":
        """Return the settings of this process: the environment beats `.env`.

        A file that `.env` names does not beat it either.
        """
        problems = []
        dotenv: Mapping[str, str | None] = {}
        try:
            dotenv = dotenv_values(ROOT / ".env")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8"
            problems = [f".env cannot be read: {why}"]
        # Flask's commands have put `.env` into the environment by now.
        given = {
            name: text for name, text in os.environ.items() if dotenv.get(name) != text
        }
        rest = {
            name: text
            for name, text in dotenv.items()
            if text is not None and name.removesuffix("_FILE") not in given
        }
        return cls({**rest, **given}, problems)


def _is_address(text: str) -> bool:
    return _names_a_host(text, ADDRESS)


def _names_a_host(text: str, form: re.Pattern[str]) -> bool:
    """Say whether `text` has that form, with a host and a port that can be."""
    try:
        parts = urlsplit(text)
        return bool(form.fullmatch(text) and parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_host(text: str) -> bool:
    try:
        # As what the browser sends is compared with it.
        text.removeprefix(".").encode("idna")
    except UnicodeError:
        return False
    return bool(HOST.fullmatch(text))


def _data_key(env: Environment, text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != DATA_KEY_BYTES:
        env.problem("DATA_KEYS", "must be standard base64 of 32 bytes, by commas")
    return key
