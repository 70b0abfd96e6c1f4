"""Where the demo lives and what its processes are told."""

import base64
import errno
import re
import secrets
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 5000
PORT = re.compile(r"[0-9]{1,5}")
PREFIX = "WXCHANNELS_"
EMAIL = "admin@example.com"
PASSWORD = f"{PREFIX}DEMO_PASSWORD"
EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound
#: Everything else that could come from the shell or from `.env`; empty is the default.
OTHERS = ("REDIS_URL", "TRUSTED_HOSTS", "PROXIES", "ERASE_ON_UNFOLLOW", "OPEN_BASE")
FILES = ("SECRET_KEY_FILE", "DATA_KEYS_FILE", "DATABASE_URL_FILE")


class DemoError(Exception):
    """The demo cannot run; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """The addresses and files of this run."""

    host: str
    port: int
    sandbox_port: int
    folder: Path

    @property
    def url(self) -> str:
        """Return where people open the product, and the sandbox calls it."""
        return f"http://{_reachable(self.host)}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Return where the simulated WeChat answers, and shows its phone."""
        return f"http://{_reachable(self.host)}:{self.sandbox_port}"

    @property
    def sandbox_state(self) -> Path:
        """Return the file in which the simulated WeChat remembers everything."""
        return self.folder / "demo-wechat.json"

    @property
    def seeded(self) -> Path:
        """Return the file that says that the story was played to its end."""
        return self.folder / "demo.seeded"

    @property
    def is_seeded(self) -> bool:
        """Say whether an earlier run played the story to its end."""
        return self.seeded.exists()

    def environment(self) -> dict[str, str]:
        """Return the settings of the product; random secrets are made once."""
        kept = _secrets(self.folder / "demo.env")
        settings = {
            **dict.fromkeys((*OTHERS, *FILES), ""),
            **kept,
            "DATABASE_URL": f"sqlite:///{self.folder / 'demo.sqlite3'}",
            "SPOOL_DIR": str(self.folder / "demo-spool"),
            "BASE_URL": self.url,
            "API_BASE": self.sandbox_url,
            "MP_BASE": self.sandbox_url,
            "OPEN_BASE": self.sandbox_url,
            "SANDBOX_URL": self.sandbox_url,
            "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DEMO_HOST": self.host,
            "DEMO_PORT": str(self.port),
            "DEMO_SANDBOX_PORT": str(self.sandbox_port),
            "DEMO_FOLDER": str(self.folder),
        }
        return {PREFIX + name: value for name, value in settings.items()}

    def reset(self) -> None:
        """Forget everything an earlier run left."""
        for path in self.folder.glob("demo*"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def read_demo(environment: Mapping[str, str]) -> Demo:
    """Return the demo that HOST and PORT ask for; the ports are free."""
    host = environment.get("HOST") or DEFAULT_HOST
    text = environment.get("PORT") or str(DEFAULT_PORT)
    if not PORT.fullmatch(text) or not 0 < int(text) < 2**16:
        raise DemoError(f"PORT={text} is no port.")
    port = int(text)
    if not _is_free(host, port):
        sentence = f"Port {port} is taken. Try another one: make demo PORT={port + 10}"
        raise DemoError(sentence)
    folder = Path(environment.get("DEMO_DIR") or ROOT / "instance")
    folder.mkdir(parents=True, exist_ok=True)
    return Demo(
        host=host, port=port, sandbox_port=_free_port(host, port + 1), folder=folder
    )


def demo_of(environment: Mapping[str, str]) -> Demo:
    """Return the demo that this process is part of."""
    return Demo(
        host=environment[f"{PREFIX}DEMO_HOST"],
        port=int(environment[f"{PREFIX}DEMO_PORT"]),
        sandbox_port=int(environment[f"{PREFIX}DEMO_SANDBOX_PORT"]),
        folder=Path(environment[f"{PREFIX}DEMO_FOLDER"]),
    )


def _secrets(path: Path) -> dict[str, str]:
    """Return the demo's own keys and password, made at its first run."""
    if not path.exists():
        values = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "DEMO_PASSWORD": secrets.token_urlsafe(12),
        }
        lines = "".join(f"{PREFIX}{name}={value}\n" for name, value in values.items())
        path.touch(mode=0o600)
        path.write_text(lines, encoding="utf-8")
    lines = path.read_text(encoding="utf-8")
    pairs = (line.partition("=") for line in lines.splitlines())
    return {name.removeprefix(PREFIX): value for name, _, value in pairs}


def _reachable(host: str) -> str:
    if host in EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do, or a port that was just left would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise DemoError(f"{host} cannot be used: {error.strerror}") from None
    return True


def _free_port(host: str, wanted: int) -> int:
    """Return `wanted`, or another port if that one is taken."""
    if wanted < 2**16 and _is_free(host, wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
