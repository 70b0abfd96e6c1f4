"""The product where it is started: by its real commands, from its settings."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.conftest import SETTINGS
from tests.e2e import servers

FLASK = [str(servers.BIN / "flask"), "--app", "wsgi"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project's folder of our own, whose `.env` is ours to write."""
    for name in ("config.py", "wsgi.py", "gunicorn.conf.py"):
        shutil.copy(servers.ROOT / name, tmp_path)
    (tmp_path / "wxchannels").symlink_to(servers.ROOT / "wxchannels")
    return tmp_path


def run(
    command: Sequence[str], folder: Path, settings: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    ours = {n: v for n, v in os.environ.items() if not n.startswith(servers.PREFIX)}
    return subprocess.run(
        command,
        cwd=folder,
        env={**ours, **settings},
        capture_output=True,
        text=True,
        timeout=servers.START_SECONDS,
        check=False,
    )


def test_commands_take_the_environments_setting_not_the_file_of_dotenv(
    folder: Path,
) -> None:
    named = folder / "secret"
    named.write_text(f"sqlite:///{folder / 'of-dotenv.sqlite3'}")
    (folder / ".env").write_text(f"WXCHANNELS_DATABASE_URL_FILE={named}\n")
    given = {"WXCHANNELS_DATABASE_URL": f"sqlite:///{folder / 'given.sqlite3'}"}

    run([*FLASK, "accounts", "list"], folder, {**SETTINGS, **given})

    assert [path.name for path in folder.glob("*.sqlite3")] == ["given.sqlite3"]


@pytest.mark.parametrize("server", [servers.granian, servers.gunicorn])
def test_server_without_its_settings_ends_and_says_what_is_missing(
    folder: Path, server: Callable[[int], Sequence[str]]
) -> None:
    ended = run(server(servers.free_port()), folder, {"WXCHANNELS_PROXIES": "x"})

    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    for name in ("SECRET_KEY", "DATA_KEYS", "BASE_URL", "PROXIES"):
        assert f"WXCHANNELS_{name} " in ended.stderr
