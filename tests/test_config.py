"""Settings are read once, and all problems are named at once."""

import base64
from pathlib import Path

import pytest

from config import BadSettingsError, Config

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "WXCHANNELS_SECRET_KEY": "s" * 32,
    "WXCHANNELS_DATA_KEYS": KEY,
    "WXCHANNELS_BASE_URL": "https://channels.example.com/",
}


def problems(**changes: str) -> str:
    values = {**GOOD, **{f"WXCHANNELS_{k}": v for k, v in changes.items()}}
    with pytest.raises(BadSettingsError) as caught:
        Config(values)
    return "\n".join(caught.value.problems)


def test_three_settings_are_enough() -> None:
    config = Config(GOOD)

    assert config.BASE_URL == "https://channels.example.com"
    assert config.SQLALCHEMY_DATABASE_URI.startswith("sqlite:///")
    assert config.SESSION_COOKIE_SECURE
    assert config.API_BASE == "https://api.weixin.qq.com"
    assert frozenset() == config.WEBHOOK_ALLOWED_HOSTS
    assert config.DATA_KEYS == [b"k" * 32]


def test_all_missing_settings_are_named_at_once() -> None:
    with pytest.raises(BadSettingsError) as caught:
        Config({})

    assert len(caught.value.problems) == 3
    assert "SECRET_KEY" in str(caught.value)
    assert "DATA_KEYS" in str(caught.value)
    assert "BASE_URL" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("DATA_KEYS", "not base64!"),
        ("DATA_KEYS", base64.b64encode(b"k" * 31).decode()),
        ("DATA_KEYS", f"{KEY},"),
        ("BASE_URL", "channels.example.com"),
        ("BASE_URL", "ftp://channels.example.com"),
        ("PROXIES", "one"),
        ("PROXIES", "-1"),
        ("RAW_RETENTION_DAYS", "0"),
        ("ERASE_ON_UNFOLLOW", "perhaps"),
        ("API_BASE", "api.weixin.qq.com"),
        ("SECRET_KEY_FILE", "/nowhere/at/all"),
        ("SECRET_KEY", "\udcff" * 40),
        ("RAW_RETENTION_DAYS", "99999999999"),
        ("PROXIES", "9" * 5000),
        ("PROXIES", "²"),
        ("SPOOL_DIR", "/dev/null/spool"),
        ("BASE_URL", "http://x:abc"),
        ("BASE_URL", "http://x:99999"),
        ("BASE_URL", "http://:80"),
        ("BASE_URL", "http://x y"),
        ("BASE_URL", "http://x/?a=b"),
        ("BASE_URL", "http://x/#a"),
        ("BASE_URL", "http://user:secret@x"),
        ("TRUSTED_HOSTS", "x.example, http://x.example"),
        ("TRUSTED_HOSTS", "x.example:443"),
        ("TRUSTED_HOSTS", "x..example"),
        ("TRUSTED_HOSTS", "a" * 64),
        ("TRUSTED_HOSTS", "*"),
    ],
)
def test_bad_setting_is_named(name: str, value: str) -> None:
    assert name in problems(**{name: value})


def test_secret_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("f" * 40 + "\n")

    config = Config({**GOOD, "WXCHANNELS_SECRET_KEY_FILE": str(path)})

    assert config.SECRET_KEY == "f" * 40


def test_unknown_settings_are_no_error() -> None:
    Config({**GOOD, "WXCHANNELS_FROM_ANOTHER_VERSION": "x"})


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("mysql://u@h/d", "mysql+pymysql"),
        ("sqlite:////data/x.sqlite3", "sqlite"),
    ],
)
def test_database_picks_its_driver(given: str, driver: str) -> None:
    config = Config({**GOOD, "WXCHANNELS_DATABASE_URL": given})

    assert config.SQLALCHEMY_DATABASE_URI.split("://")[0] == driver


def test_no_and_several_flags_and_hosts() -> None:
    config = Config(
        {
            **GOOD,
            "WXCHANNELS_ERASE_ON_UNFOLLOW": "no",
            "WXCHANNELS_TRUSTED_HOSTS": "A.example.com, .例子.cn",
        }
    )

    assert not config.ERASE_ON_UNFOLLOW
    assert config.TRUSTED_HOSTS == ["a.example.com", ".例子.cn"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "not an address"),
        ("DATABASE_URL", "postgresql://u@h:port/d"),
        ("DATABASE_URL", "nosuch://u:secret@h/d"),
        ("DATABASE_URL", "oracle://u:secret@h/d"),
        ("DATABASE_URL", "mysql+mysqldb://u:secret@h/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true"),
        ("REDIS_URL", "http://:secret@h/0"),
        ("REDIS_URL", "redis://:secret@h:port/0"),
        ("BASE_URL", "http://[::1"),
    ],
)
def test_address_that_cannot_be_read_is_named_without_its_secrets(
    name: str, value: str
) -> None:
    named = problems(**{name: value})

    assert name in named
    assert "secret" not in named


def test_secret_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"\xff" * 40)

    assert "SECRET_KEY_FILE" in problems(SECRET_KEY="", SECRET_KEY_FILE=str(path))


def test_all_that_is_wrong_is_named_once_and_together() -> None:
    named = problems(DATA_KEYS=",", SPOOL_DIR="/dev/null/spool", PROXIES="x")

    assert named.count("DATA_KEYS") == named.count("PROXIES") == 1
    assert "WXCHANNELS_SPOOL_DIR cannot be made: Not a directory" in named


def test_blanks_between_commas_name_no_host() -> None:
    config = Config({**GOOD, "WXCHANNELS_TRUSTED_HOSTS": "a.example.com, ,"})

    assert config.TRUSTED_HOSTS == ["a.example.com"]


def test_file_without_a_whole_path_lies_in_the_projects_folder() -> None:
    config = Config({**GOOD, "WXCHANNELS_DATABASE_URL": "sqlite:///instance/x.db"})

    path = Path(__file__).parent.parent / "instance" / "x.db"
    assert config.SQLALCHEMY_DATABASE_URI.removeprefix("sqlite:///") == str(path)


def test_hosts_that_webhooks_may_reach_are_named_by_commas() -> None:
    hosts = " crm.intern, 10.0.0.8 ,, LOCALHOST"

    config = Config({**GOOD, "WXCHANNELS_WEBHOOK_ALLOWED_HOSTS": hosts})

    assert {"crm.intern", "10.0.0.8", "localhost"} == config.WEBHOOK_ALLOWED_HOSTS


@pytest.fixture
def dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the `.env` of a process whose environment holds what is required."""
    monkeypatch.setattr("config.ROOT", tmp_path)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return tmp_path / ".env"


def test_setting_of_dotenv_counts_where_the_environment_has_none(
    dotenv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WXCHANNELS_PROXIES", raising=False)
    dotenv.write_text("WXCHANNELS_PROXIES=2\nWXCHANNELS_BASE_URL=http://other\n")

    config = Config.from_environment()

    assert config.PROXIES == 2
    assert config.BASE_URL == "https://channels.example.com"


def test_file_that_dotenv_names_does_not_beat_the_environment(
    dotenv: Path, tmp_path: Path
) -> None:
    path = tmp_path / "secret"
    path.write_text("f" * 40)
    dotenv.write_text(f"WXCHANNELS_SECRET_KEY_FILE={path}\n")

    assert Config.from_environment().SECRET_KEY == "s" * 32


def test_file_that_the_environment_names_beats_dotenv(
    dotenv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.write_text("f" * 40)
    monkeypatch.delenv("WXCHANNELS_SECRET_KEY")
    monkeypatch.setenv("WXCHANNELS_SECRET_KEY_FILE", str(path))
    dotenv.write_text(f"WXCHANNELS_SECRET_KEY={'d' * 40}\n")

    assert Config.from_environment().SECRET_KEY == "f" * 40


def test_file_that_only_dotenv_names_is_read_where_flask_has_read_dotenv(
    dotenv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.write_text("f" * 40)
    dotenv.write_text(f"WXCHANNELS_SECRET_KEY_FILE={path}\n")
    monkeypatch.setenv("WXCHANNELS_SECRET_KEY_FILE", str(path))
    has_both = Config.from_environment()
    monkeypatch.delenv("WXCHANNELS_SECRET_KEY")

    assert has_both.SECRET_KEY == "s" * 32
    assert Config.from_environment().SECRET_KEY == "f" * 40


def test_dotenv_that_is_no_text_is_named_beside_the_rest(
    dotenv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv.write_bytes(b"WXCHANNELS_PROXIES=\xff\n")
    monkeypatch.delenv("WXCHANNELS_SECRET_KEY")

    with pytest.raises(BadSettingsError) as caught:
        Config.from_environment()

    assert [line.split()[0] for line in caught.value.problems] == [
        ".env",
        "WXCHANNELS_SECRET_KEY",
    ]
