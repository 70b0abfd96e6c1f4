"""The demo as a newcomer starts it: real processes, real HTTP, a month of pushes."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from wxchannels.demo.places import APP_ID
from wxchannels.sandbox.remote import Sandbox

ROOT = Path(__file__).parents[2]
START_SECONDS = 180
READY = "Ctrl-C ends the demo"


class RunningDemo:
    """A demo started as `make demo` starts it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.start()

    def start(self) -> None:
        """Start it on the same port and data as before, and wait until it is ready."""
        environment = {**os.environ, "PORT": str(self.port)}
        environment["DEMO_DIR"] = str(self.folder)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wxchannels.demo"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        self._wait()

    def _wait(self) -> None:
        """Read what it says until it is ready, or ends."""
        assert self.process.stdout
        watchdog = threading.Timer(START_SECONDS, self.process.terminate)
        watchdog.start()
        for line in self.process.stdout:
            self.said += line
            if READY in line:
                break
        watchdog.cancel()
        assert READY in self.said, self.said

    def told(self, name: str) -> str:
        """Return what it told under `name`."""
        found = re.search(rf"{name}\s+(\S+)", self.said)
        assert found
        return found[1]

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """Return a demo that has started for the first time."""
    running = RunningDemo(tmp_path_factory.mktemp("demo"))
    yield running
    running.stop()


def rows(demo: RunningDemo, query: str) -> list[Any]:
    connection = sqlite3.connect(demo.folder / "demo.sqlite3")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def sign_in(demo: RunningDemo) -> requests.Session:
    session, url = requests.Session(), demo.told("wxchannels")
    session.trust_env = False
    page = session.get(f"{url}/sign-in", timeout=30)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    entered = {
        "csrf_token": token[1],
        "email": demo.told("sign in as"),
        "password": demo.told("password"),
    }
    assert session.post(f"{url}/sign-in", data=entered, timeout=30).ok
    return session


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_menu_is_published_and_its_clicks_are_counted(demo: RunningDemo) -> None:
    with sign_in(demo) as session:
        page = session.get(f"{demo.told('wxchannels')}/banmu/menus", timeout=30).text
        phone = session.get(f"{demo.told('phone')}/?person=ajie", timeout=30).text

    assert "十一月新品尝鲜" in page
    assert ">十月新品</summary>" in phone
    [[clicks]] = rows(demo, "SELECT count(*) FROM menu_click")
    assert clicks > 100


def test_members_are_bound_and_one_was_only_asked(demo: RunningDemo) -> None:
    found = rows(demo, "SELECT live_member IS NOT NULL FROM binding ORDER BY id")

    assert found == [(1,), (1,), (0,)]


def test_page_inside_wechat_knows_who_looks_at_it(demo: RunningDemo) -> None:
    url, phone = demo.told("wxchannels"), demo.told("phone")
    with requests.Session() as browser:
        browser.trust_env = False
        browser.get(f"{phone}/?person=ajie", timeout=30)
        known = browser.get(f"{url}/empower", timeout=30)
        entrance = browser.get(f"{url}/sign-in", timeout=30)

    assert known.url.partition("#")[0] == f"{url}/auth/banmu"
    assert "网页授权可以用了" in known.text
    assert "微信扫码登录" in entrance.text


def test_newcomer_signs_in_with_what_is_printed(demo: RunningDemo) -> None:
    with sign_in(demo) as session:
        page = session.get(f"{demo.told('wxchannels')}/banmu/connect", timeout=30)

    assert page.status_code == 200
    assert page.text.count('<li class="ok"') == 6


def test_month_was_pushed_and_counted(demo: RunningDemo) -> None:
    classes = dict(rows(demo, "SELECT class, count(*) FROM scan_event GROUP BY class"))
    [(pushes,)] = rows(demo, "SELECT count(*) FROM raw_push")
    [(counted,)] = rows(demo, "SELECT sum(new_follows) FROM day_counter")
    days = {row_id for (row_id,) in rows(demo, "SELECT row_id FROM day_counter")}

    assert isinstance(pushes, int)
    assert 800 <= pushes <= 1500
    assert set(classes) == {"new_follow", "refollow", "follower_scan", "unfollow"}
    assert counted == classes["new_follow"]
    assert {0, -1} <= days


def test_channels_have_codes_and_states(demo: RunningDemo) -> None:
    states = dict(rows(demo, "SELECT state, count(*) FROM channel GROUP BY state"))
    [(codes,)] = rows(demo, "SELECT count(*) FROM qrcode WHERE ticket IS NOT NULL")

    assert states == {"active": 22, "disabled": 1, "archived": 1}
    assert codes == 24
    asked = "SELECT count(*) FROM audit_entry WHERE action = 'channel.open'"
    assert rows(demo, asked) == [(24,)]


def test_old_followers_are_known_before(demo: RunningDemo) -> None:
    known = rows(demo, "SELECT count(*) FROM follower WHERE known_before")

    assert known == [(60,)]


def test_phone_answers(demo: RunningDemo) -> None:
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(demo.told("phone"), timeout=30)

    assert page.status_code == 200
    assert "小满" in page.text


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("今天几点开门", "text", "半亩茶每天 10:00–22:00 营业，今天（20"),
        ("菜单", "news", "本季茶单"),
        ("我想退茶", "transfer_customer_service", ""),
        ("嗯？", "text", "没看懂这句"),
    ],
)
def test_phone_shows_what_the_rules_answer(
    demo: RunningDemo, words: str, kind: str, said: str
) -> None:
    phone = Sandbox(demo.told("phone"), APP_ID)

    outcome = phone.message("ajie", words)

    assert outcome.delivery
    assert outcome.delivery.reply
    assert outcome.delivery.reply["kind"] == kind
    assert said in str(outcome.delivery.reply)


def test_second_demo_on_the_same_port_says_so(demo: RunningDemo) -> None:
    environment = {**os.environ, "PORT": str(demo.port), "DEMO_DIR": str(demo.folder)}

    result = subprocess.run(
        [sys.executable, "-m", "wxchannels.demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.startswith(f"Port {demo.port} is taken.")


def test_ctrl_c_ends_everything_and_the_next_run_knows_the_story(
    demo: RunningDemo,
) -> None:
    phone = int(demo.told("phone").rpartition(":")[2])
    before = rows(demo, "SELECT count(*) FROM raw_push"), demo.told("password")

    code = demo.stop()

    left = [port for port in (demo.port, phone) if is_open(port)]
    demo.start()
    after = rows(demo, "SELECT count(*) FROM raw_push"), demo.told("password")
    assert (code, left) == (0, [])
    assert after == before


def test_nobody_whom_the_newcomer_plays_is_a_tester(demo: RunningDemo) -> None:
    assert rows(demo, "SELECT count(*) FROM follower WHERE is_tester") == [(0,)]
