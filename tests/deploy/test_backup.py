"""The backups that `docs/deploy.md` names, taken while pushes come, and restored."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy import make_url

from tests import databases, pushes
from tests.databases import Server
from tests.e2e import servers
from tests.e2e.servers import Served
from tests.e2e.test_servers import add_account

#: As the guide has them.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "sqlite": (
        """sqlite3 "$DB" ".backup '$COPY'\"""",
        """cp "$COPY" "$NEW\"""",
    ),
    "postgresql": (
        """pg_dump --format=custom --file="$COPY" "$DB\"""",
        """pg_restore --no-owner --exit-on-error --dbname="$NEW" "$COPY\"""",
    ),
    "mysql": (
        """mariadb-dump --single-transaction --host="$HOST" "$DB" > "$COPY\"""",
        """mariadb --host="$HOST" "$NEW" < "$COPY\"""",
    ),
}
#: Raw pushes of a database that can still be read, into one restored from before.
CARRY: Mapping[str, str] = {
    "sqlite": """sqlite3 -bail "$NEW" "ATTACH '$DB' AS old;
INSERT OR IGNORE INTO raw_push
  (account_id, push_key, kind, happened_at, received_at, body, parked_at)
  SELECT account_id, push_key, 'parked', happened_at, received_at, body, received_at
  FROM old.raw_push\"""",
    "postgresql": """psql "$DB" -c "COPY (SELECT account_id, push_key, happened_at,
  received_at, body FROM raw_push) TO STDOUT" |
psql "$NEW" -v ON_ERROR_STOP=1 -c "CREATE TEMP TABLE old AS SELECT account_id, push_key,
  happened_at, received_at, body FROM raw_push LIMIT 0" -c "COPY old FROM STDIN" -c "
INSERT INTO raw_push
  (account_id, push_key, kind, happened_at, received_at, body, parked_at)
  SELECT account_id, push_key, 'parked', happened_at, received_at, body, received_at
  FROM old ON CONFLICT DO NOTHING\"""",
}
PROGRAMS = {"sqlite": "sqlite3", "postgresql": "pg_dump", "mysql": "mariadb-dump"}
AWAY = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture(name="kind", params=databases.names())
def kind_of_database(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    if shutil.which(PROGRAMS[kind]) is None:
        pytest.skip(f"{PROGRAMS[kind]} is not installed")
    return kind


@pytest.fixture(name="urls")
def old_and_new_database(kind: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Name two empty databases."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}", f"sqlite:///{tmp_path / 'new.db'}"
        return
    server = Server(kind)
    names = [f"wxchannels_{os.getpid()}_{which}" for which in ("old", "new")]
    old, new = (
        server.create(name).render_as_string(hide_password=False) for name in names
    )
    yield old, new
    for name in names:
        server.drop(name)


def test_restored_backup_holds_what_was_acknowledged_before_it(
    kind: str, urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    environment = _product(tmp_path / "host", old)
    with _serve(environment) as served:
        for number in range(30):
            assert _push(served, f"before{number}") == "success"
        with _pushes_going_on(served):
            _run(COMMANDS[kind][0], kind, old, new, tmp_path)
    _run(COMMANDS[kind][1], kind, old, new, tmp_path)

    restored = {**environment, "WXCHANNELS_DATABASE_URL": new}

    assert _followers(restored) >= 30
    assert _is_right(restored)


def test_what_comes_back_after_an_older_backup_and_what_is_lost(
    kind: str, urls: tuple[str, str], tmp_path: Path
) -> None:
    if kind not in CARRY:
        pytest.skip("tried on SQLite and PostgreSQL")
    old, new = urls
    environment = _product(tmp_path / "host", old)
    with _serve(environment) as served:
        for number in range(10):
            assert _push(served, f"before{number}") == "success"
        _run(COMMANDS[kind][0], kind, old, new, tmp_path)
        for number in range(30):
            assert _push(served, f"after{number}") == "success"
    with _serve({**environment, "WXCHANNELS_DATABASE_URL": AWAY}) as served:
        for number in range(20):
            assert _push(served, f"spooled{number}") == "success"

    _run(COMMANDS[kind][1], kind, old, new, tmp_path)
    restored = {**environment, "WXCHANNELS_DATABASE_URL": new}
    servers.run_flask(restored, "spool", "drain")

    # The spool comes home; what only the database had since the backup is lost.
    assert _followers(restored) == 10 + 20

    # Unless the database that was given up can still be read.
    _run(CARRY[kind], kind, old, new, tmp_path)
    always = ("--account", "main", "--from", "2000-01-01", "--to", "2099-12-31")
    again = servers.run_flask(restored, "stats", "replay", *always)
    assert "60 replayed, 30 were missing" in again
    assert _followers(restored) == 10 + 20 + 30
    assert _is_right(restored)
    nobodys = "SELECT count(*) FROM raw_push WHERE follower_id IS NULL"
    assert servers.run_sql(restored, nobodys) == [(0,)]


def test_copied_spool_comes_home(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'product.db'}"
    environment = _product(tmp_path / "host", database)
    with _serve(environment) as served:
        assert _push(served, "anna") == "success"
    # The same host while the database is away: it knows the account from its spool.
    with _serve({**environment, "WXCHANNELS_DATABASE_URL": AWAY}) as served:
        assert _push(served, "anna") == "success"
        assert _push(served, "bo") == "success"
    subprocess.run(
        ["cp", "-a", str(tmp_path / "host" / "spool"), str(tmp_path / "copy")],
        check=True,
    )

    elsewhere = {**environment, "WXCHANNELS_SPOOL_DIR": str(tmp_path / "copy")}
    servers.run_flask(elsewhere, "spool", "drain")

    assert _followers(environment) == 2
    assert _is_right(environment)


@pytest.mark.parametrize(
    "command", [*(c for pair in COMMANDS.values() for c in pair), *CARRY.values()]
)
def test_guide_says_what_was_tried(command: str) -> None:
    guide = Path(servers.ROOT, "docs", "deploy.md").read_text(encoding="utf-8")

    assert command in guide


def _product(folder: Path, database_url: str) -> dict[str, str]:
    folder.mkdir()
    environment = servers.settings(folder, "http://localhost", "http://127.0.0.1:9")
    environment["WXCHANNELS_DATABASE_URL"] = database_url
    servers.run_flask(environment, "db", "upgrade")
    add_account(environment)
    return environment


@contextmanager
def _serve(environment: Mapping[str, str]) -> Iterator[Served]:
    port = servers.free_port()
    log = Path(environment["WXCHANNELS_SPOOL_DIR"]).parent / "product.log"
    url = f"http://127.0.0.1:{port}"
    with servers.serving(servers.granian(port), url, environment, log) as served:
        yield served


def _push(served: Served, openid: str) -> str:
    body = pushes.subscribe("counter", openid=openid)
    answer = requests.post(served.url + pushes.signed(), data=body, timeout=30)
    return answer.text


@contextmanager
def _pushes_going_on(served: Served) -> Iterator[None]:
    """Have people follow until the block ends."""
    stop = threading.Event()

    def follow() -> None:
        number = 0
        while not stop.is_set():
            _push(served, f"during{number}")
            number += 1

    thread = threading.Thread(target=follow)
    thread.start()
    yield
    stop.set()
    thread.join()


def _run(command: str, kind: str, old: str, new: str, folder: Path) -> None:
    if kind == "sqlite":
        old, new = (url.removeprefix("sqlite:///") for url in (old, new))
    if kind == "postgresql":
        old, new = (url.replace("+psycopg", "") for url in (old, new))
    if kind == "mysql":
        old, new = (str(make_url(url).database) for url in (old, new))
    names = {"DB": old, "NEW": new, "COPY": str(folder / "copy.backup")}
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        env={**os.environ, **names, "HOST": "127.0.0.1"},
        check=True,
        timeout=60,
    )


def _followers(environment: Mapping[str, str]) -> int:
    [[count]] = servers.run_sql(environment, "SELECT count(*) FROM follower")
    assert isinstance(count, int)
    return count


def _is_right(environment: Mapping[str, str]) -> bool:
    checked = servers.run_flask(environment, "stats", "check")
    return checked == "main: numbers and ledger agree\n"
