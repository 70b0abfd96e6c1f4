import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Config
from wxchannels.demo.settings import Demo, DemoError, demo_of, read_demo


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return Demo(host="127.0.0.1", port=5000, sandbox_port=5001, folder=tmp_path)


def test_demo_runs_on_settings_of_its_own(demo: Demo, tmp_path: Path) -> None:
    config = Config(demo.environment())

    assert config.BASE_URL == "http://127.0.0.1:5000"
    assert config.API_BASE == config.MP_BASE == "http://127.0.0.1:5001"
    assert f"sqlite:///{tmp_path / 'demo.sqlite3'}" == config.SQLALCHEMY_DATABASE_URI


def test_secrets_are_made_once_and_kept_to_oneself(demo: Demo, tmp_path: Path) -> None:
    first = demo.environment()

    again = demo.environment()

    mode = (tmp_path / "demo.env").stat().st_mode
    assert first == again
    assert stat.S_IMODE(mode) == 0o600


def test_two_demos_share_no_secret(demo: Demo, tmp_path: Path) -> None:
    first = demo.environment()
    (tmp_path / "demo.env").unlink()

    second = demo.environment()

    for name in ("SECRET_KEY", "DATA_KEYS", "DEMO_PASSWORD"):
        assert first[f"WXCHANNELS_{name}"] != second[f"WXCHANNELS_{name}"]


def test_settings_in_the_project_cannot_leak_in(demo: Demo) -> None:
    dotenv = {"WXCHANNELS_TRUSTED_HOSTS": "example.com", "WXCHANNELS_PROXIES": "2"}

    config = Config({**dotenv, **demo.environment()})

    assert config.TRUSTED_HOSTS is None
    assert config.PROXIES == 0


def test_children_find_the_demo_in_their_environment(demo: Demo) -> None:
    assert demo_of(demo.environment()) == demo


def test_reset_forgets_what_is_the_demos_and_nothing_else(
    demo: Demo, tmp_path: Path
) -> None:
    demo.environment()
    demo.seeded.touch()
    (tmp_path / "demo-spool").mkdir()
    (tmp_path / "demo-spool" / "push").touch()
    (tmp_path / "wxchannels.sqlite3").touch()

    demo.reset()

    assert [path.name for path in tmp_path.iterdir()] == ["wxchannels.sqlite3"]


def test_taken_port_is_said_with_another_one_to_try(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(DemoError, match=f"PORT={port + 10}"):
            read_demo({"PORT": str(port), "DEMO_DIR": str(tmp_path)})


@pytest.fixture
def port_before_a_taken_one() -> Iterator[int]:
    """Return a free port; the next one is somebody's."""
    while True:
        with socket.socket() as free, socket.socket() as taken:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            try:
                taken.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            taken.listen()
            free.close()
            yield port
            return


def test_sandbox_goes_elsewhere_where_its_port_is_taken(
    port_before_a_taken_one: int, tmp_path: Path
) -> None:
    port = port_before_a_taken_one

    demo = read_demo({"PORT": str(port), "DEMO_DIR": str(tmp_path)})

    assert demo.port == port
    assert demo.sandbox_port != port + 1


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "²", "9" * 5000])
def test_port_has_to_be_one(port: str, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="no port"):
        read_demo({"PORT": port, "DEMO_DIR": str(tmp_path)})


def test_foreign_address_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match=r"192\.0\.2\.1 cannot be used"):
        read_demo({"HOST": "192.0.2.1", "PORT": "5999", "DEMO_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("::", "http://127.0.0.1:5000"),
        ("::1", "http://[::1]:5000"),
        ("192.168.1.5", "http://192.168.1.5:5000"),
    ],
)
def test_address_can_be_opened_whatever_is_listened_on(
    host: str, url: str, tmp_path: Path
) -> None:
    demo = Demo(host=host, port=5000, sandbox_port=5001, folder=tmp_path)

    assert demo.url == url
