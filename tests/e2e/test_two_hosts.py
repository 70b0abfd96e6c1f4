"""Two app hosts and two workers, which share a database and Redis and nothing else."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests
from flask import Flask

from config import Config
from tests import databases, factories, pushes, redis_databases
from tests.databases import Server
from tests.e2e import servers, story
from tests.e2e.balancer import balancing
from tests.e2e.servers import Served
from tests.e2e.world import Connected, World
from wxchannels.app import create_app
from wxchannels.extensions import db

REDIS = "TEST_REDIS_URL"
SHARED = [name for name in databases.names() if name != "sqlite"]
pytestmark = pytest.mark.skipif(
    not SHARED or REDIS not in os.environ,
    reason=f"needs {REDIS}, and TEST_POSTGRESQL_URL or TEST_MYSQL_URL",
)
LIMIT_PER_MINUTE = 30


@dataclass(frozen=True)
class Hosts:
    """Both hosts, and the world that reaches them through a balancer."""

    first: Served
    second: Served
    world: World


@pytest.fixture(name="folder", scope="module")
def folder_of_all_hosts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hosts")


@pytest.fixture(name="shared", scope="module", params=SHARED)
def settings_all_hosts_have(
    request: pytest.FixtureRequest, sandbox_url: str, folder: Path
) -> Iterator[dict[str, str]]:
    server, name = Server(request.param), f"wxchannels_{os.getpid()}_hosts"
    url = server.create(name).render_as_string(hide_password=False)
    with redis_databases.claimed(os.environ[REDIS]) as redis_url:
        shared = {
            **servers.settings(folder, "http://localhost", sandbox_url),
            "WXCHANNELS_DATABASE_URL": url,
            "WXCHANNELS_REDIS_URL": redis_url,
        }
        servers.run_flask(shared, "db", "upgrade")
        yield shared
    server.drop(name)


@pytest.fixture(name="commands", scope="module")
def commands_of_a_third_host(shared: dict[str, str], folder: Path) -> Iterator[Flask]:
    app = create_app(Config(_on_host(shared, folder, "third")))
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["intake"].close()


@pytest.fixture(name="second", scope="module")
def host_under_gunicorn(shared: dict[str, str], folder: Path) -> Iterator[Served]:
    with _serving(servers.gunicorn, shared, folder, "second") as served:
        yield served


@pytest.fixture(name="first", scope="module")
def host_under_granian(shared: dict[str, str], folder: Path) -> Iterator[Served]:
    with _serving(servers.granian, shared, folder, "first") as served:
        yield served


@pytest.fixture(name="hosts")
def two_hosts(
    first: Served, second: Served, sandbox_url: str, commands: Flask
) -> Iterator[Hosts]:
    """Both, behind a balancer; nobody has tried to sign in yet."""
    redis_databases.empty(first.environment["WXCHANNELS_REDIS_URL"])
    with _behind_a_balancer(first, second, sandbox_url, commands) as hosts:
        yield hosts


@pytest.fixture(name="doomed")
def two_hosts_of_which_one_is_doomed(
    shared: dict[str, str],
    folder: Path,
    second: Served,
    sandbox_url: str,
    commands: Flask,
) -> Iterator[Hosts]:
    with (
        _serving(servers.granian, shared, folder, "doomed") as doomed,
        _behind_a_balancer(doomed, second, sandbox_url, commands) as hosts,
    ):
        yield hosts


@contextmanager
def _serving(
    command: Callable[[int], Sequence[str]],
    shared: Mapping[str, str],
    folder: Path,
    name: str,
) -> Iterator[Served]:
    """Serve as a host called `name`, with a spool of its own."""
    port, log = servers.free_port(), folder / f"{name}.log"
    url, environment = f"http://127.0.0.1:{port}", _on_host(shared, folder, name)
    with servers.serving(command(port), url, environment, log) as served:
        yield served
    assert "Traceback" not in log.read_text(encoding="utf-8")


@contextmanager
def _behind_a_balancer(
    first: Served, second: Served, sandbox_url: str, commands: Flask
) -> Iterator[Hosts]:
    with balancing([_port(first), _port(second)]) as url:
        product = replace(second, url=url)
        yield Hosts(first, second, World(product, sandbox_url, commands))


def _port(host: Served) -> int:
    return int(host.url.rpartition(":")[2])


def test_report_is_the_same_over_two_hosts_of_which_one_dies(doomed: Hosts) -> None:
    account = doomed.world.connect("safe")
    story.open_channels(account)
    account.sandbox.mischief(copies=2, concurrent=True)
    steps = story.story()
    account.sandbox.play(steps[:7], threads=2)

    os.killpg(doomed.first.process.pid, signal.SIGKILL)
    doomed.first.process.wait()
    played = account.sandbox.play(steps[7:], threads=2)

    # The dead host's share was sent again, and reached the other one.
    assert set(played.verdicts) <= {"handled", "reply"}
    assert _report(doomed, account) == story.TABLE
    doomed.world.run("stats", "check")
    account.sandbox.session.close()


@pytest.mark.parametrize(
    ("mode", "form"), [("plain", "json"), ("compatible", "xml"), ("safe", "json")]
)
def test_report_equals_the_table_in_every_mode(
    hosts: Hosts, mode: str, form: str
) -> None:
    account = hosts.world.connect(mode, form)
    story.open_channels(account)

    played = account.sandbox.play(story.story(), threads=1)

    assert set(played.verdicts) <= {"handled", "reply"}
    assert story.report(account) == story.TABLE
    assert story.days(account) == story.DAYS
    assert account.program.get("/events")["total"] == 14
    hosts.world.run("stats", "check")
    account.sandbox.session.close()


def test_same_push_to_both_hosts_at_once_is_one_row_with_one_answer(
    hosts: Hosts,
) -> None:
    plain = hosts.world.connect()
    story.open_channels(plain)
    path = pushes.signed(plain.slug)
    answers: list[str] = []

    for number in range(10):
        body = pushes.subscribe("counter", openid=f"o{number}")
        answers += _at_once(hosts, path, body)

    assert len(answers) == 20
    assert {re.sub(r"<CreateTime>.*?</CreateTime>|o\d", "", a) for a in answers} == {
        re.sub(r"<CreateTime>.*?</CreateTime>|o\d", "", answers[0])
    }
    assert story.WELCOME in answers[0]
    assert story.report(plain)["total"][:3] == (10, 10, 10)
    assert plain.program.get("/events")["total"] == 10
    hosts.world.run("stats", "check")
    plain.sandbox.session.close()


def test_who_signs_in_on_one_host_is_signed_in_on_the_other(hosts: Hosts) -> None:
    hosts.world.admit("ann@example.com")
    with requests.Session() as browser:
        browser.trust_env = False
        signed_in = _sign_in(browser, hosts.first, factories.PASSWORD)
        there = browser.get(f"{hosts.second.url}/profile", timeout=30)
        out = _post(browser, hosts.second, "/profile", "/sign-out", {})
        here = browser.get(
            f"{hosts.first.url}/profile", timeout=30, allow_redirects=False
        )

    assert signed_in.status_code == 302
    assert (there.status_code, "ann@example.com" in there.text) == (200, True)
    assert out.status_code == 302
    assert here.status_code == 302


def test_tries_are_counted_over_both_hosts(hosts: Hosts) -> None:
    with requests.Session() as browser:
        browser.trust_env = False
        statuses = [
            _sign_in(browser, host, "wrong").status_code
            for host in [hosts.first, hosts.second] * (LIMIT_PER_MINUTE // 2 + 1)
        ]

    assert statuses[:LIMIT_PER_MINUTE] == [422] * LIMIT_PER_MINUTE
    assert statuses[LIMIT_PER_MINUTE:] == [429, 429]


def test_two_workers_repair_a_lost_scene_once(
    hosts: Hosts, shared: dict[str, str], folder: Path
) -> None:
    account = hosts.world.connect("safe")
    story.open_channels(account)
    account.sandbox.mischief(lose_scene=True)
    account.sandbox.follow("eve", "counter")
    before = story.report(account)
    account.sandbox.forget_calls()

    with ExitStack() as running:
        for name in ("first", "second"):
            environment = _on_host(shared, folder, name)
            running.enter_context(servers.working(environment, folder))
        _wait_for(lambda: story.report(account)["Counter"][2] == 1)

    assert before["no_channel"][2] == 1
    assert story.report(account)["no_channel"][2] == 0
    assert account.sandbox.calls()["/cgi-bin/user/info/batchget"] == 1
    hosts.world.run("stats", "check")
    account.sandbox.session.close()


def _on_host(shared: Mapping[str, str], folder: Path, name: str) -> dict[str, str]:
    return {**shared, "WXCHANNELS_SPOOL_DIR": str(folder / f"spool-{name}")}


def _report(hosts: Hosts, account: Connected) -> dict[str, tuple[int | None, ...]]:
    """Read the report on the host that lives."""
    program = replace(account.program, url=hosts.second.url)
    return story.report(replace(account, program=program))


def _wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def _at_once(hosts: Hosts, path: str, body: bytes) -> list[str]:
    start, answers = threading.Barrier(2), []

    def send(host: Served) -> None:
        start.wait()
        answers.append(requests.post(host.url + path, data=body, timeout=30).text)

    threads = [
        threading.Thread(target=send, args=(host,))
        for host in (hosts.first, hosts.second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _sign_in(
    browser: requests.Session, host: Served, password: str
) -> requests.Response:
    typed = {"email": "ann@example.com", "password": password}
    return _post(browser, host, "/sign-in", "/sign-in", typed)


def _post(
    browser: requests.Session,
    host: Served,
    page: str,
    path: str,
    typed: Mapping[str, str],
) -> requests.Response:
    text = browser.get(host.url + page, timeout=30).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
    assert token, text
    return browser.post(
        host.url + path,
        data={**typed, "csrf_token": token[1]},
        timeout=30,
        allow_redirects=False,
    )
