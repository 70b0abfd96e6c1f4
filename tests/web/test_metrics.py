"""`/metrics`: who may read it, what it says, and that nothing holds it up."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from config import BadSettingsError, Config
from tests import factories, pushes
from tests.conftest import SETTINGS
from wxchannels import __version__
from wxchannels.app import create_app
from wxchannels.intake.spooled import Spooled
from wxchannels.metrics import metrics
from wxchannels.models import AccessToken, Account, Task, TaskState
from wxchannels.outbox import queue, standing
from wxchannels.outbox.queue import NewTask

TOKEN = "a-token-for-metrics"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}
Numbers = dict[tuple[str, str], float]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not fail a test; what hangs has a test of its own."""
    monkeypatch.setattr(metrics, "PATIENCE_SECONDS", 30)


@pytest.fixture
def away(settings: dict[str, str]) -> Iterator[Callable[[str], Flask]]:
    """Return a maker of applications on another database, e.g. one that hangs."""
    made: list[Flask] = []

    def make(url: str) -> Flask:
        app = create_app(Config({**settings, "WXCHANNELS_DATABASE_URL": url}))
        app.extensions["intake"]._deadline = 0.2
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["intake"]._drainer.close()


@pytest.fixture
def frozen() -> Iterator[str]:
    """Name a database that accepts and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield f"postgresql://nobody@127.0.0.1:{server.getsockname()[1]}/nothing"


def read(client: FlaskClient) -> Numbers:
    """Return the numbers by name and their label, if they have one."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name.removeprefix("wxchannels_"), ",".join(sample.labels.values())): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_this_host_may_read_them(client: FlaskClient) -> None:
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    assert f'wxchannels_build_info{{version="{__version__}"}} 1.0' in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "environ"),
    [
        ({}, ELSEWHERE),
        ({}, {"REMOTE_ADDR": ""}),
        ({"X-Forwarded-For": "203.0.113.7"}, {}),
        ({"X-Real-IP": "127.0.0.1"}, {}),
        ({"Forwarded": "for=127.0.0.1"}, {}),
        ({"Authorization": "Bearer "}, ELSEWHERE),
        ({"Authorization": f"Bearer {TOKEN}"}, ELSEWHERE),
    ],
)
def test_without_a_token_nobody_else_may(
    client: FlaskClient, headers: dict[str, str], environ: dict[str, str]
) -> None:
    answer = client.get("/metrics", headers=headers, environ_overrides=environ)

    assert answer.status_code == 401
    assert "wxchannels_pushes" not in answer.text


def test_who_shows_the_token_may_read_them_from_anywhere(
    app: Flask, client: FlaskClient
) -> None:
    app.config["METRICS_TOKEN"] = TOKEN
    shown = {"Authorization": f"Bearer {TOKEN}"}
    wrong = {"Authorization": f"Bearer {TOKEN}x"}

    right = client.get("/metrics", headers=shown, environ_overrides=ELSEWHERE)
    refused = client.get("/metrics", headers=wrong, environ_overrides=ELSEWHERE)

    assert (right.status_code, refused.status_code) == (200, 401)


def test_proxy_in_front_hides_nobody(settings: dict[str, str]) -> None:
    app = create_app(Config({**settings, "WXCHANNELS_PROXIES": "1"}))
    client = app.test_client()
    forwarded = {"X-Forwarded-For": "127.0.0.1"}

    direct, through = (
        client.get("/metrics", headers=headers) for headers in ({}, forwarded)
    )

    app.extensions["intake"].close()
    assert (direct.status_code, through.status_code) == (200, 401)


def test_short_token_stops_the_start() -> None:
    with pytest.raises(BadSettingsError, match="METRICS_TOKEN must have 16"):
        Config({**SETTINGS, "WXCHANNELS_METRICS_TOKEN": "short"})


@pytest.mark.usefixtures("account")
def test_every_push_is_counted_by_what_became_of_it(client: FlaskClient) -> None:
    client.get(pushes.signed(echostr="42"))
    for body in (pushes.text("a"), pushes.text("a"), pushes.subscribe("x")):
        client.post(pushes.signed(), data=body)
    client.post("/weixin/main", data=pushes.text("b"))
    client.post(pushes.signed(), data=b"<xml>")
    client.post(pushes.signed(), data=b"x" * (64 * 1024 + 1))
    client.post(pushes.signed(), data=b"x", headers={"Content-Encoding": "gzip"})

    numbers = read(client)

    counted = {
        label: value
        for (name, label), value in numbers.items()
        if name == "pushes_total" and value
    }
    assert counted == {
        "stored": 3,
        "forbidden": 1,
        "malformed": 1,
        "too_large": 1,
        "encoded": 1,
    }
    assert numbers["push_answer_seconds_count", ""] == 7
    assert numbers["push_answer_seconds_bucket", "+Inf"] == 7
    assert 0 < numbers["push_answer_seconds_sum", ""] < 60


def test_accounts_are_told_without_any_secret(
    client: FlaskClient, session: Session, account: Account
) -> None:
    now = datetime.now(UTC)
    account.token_checked_at, account.verified_at = now, now
    factories.account(session, "second", token_checked_at=now, token_errcode=40125)
    factories.account(session, "third")
    ends = now + timedelta(hours=2)
    token = AccessToken(account_id=account.id, value="T" * 99, expires_at=ends)
    session.add(token)
    session.commit()
    client.post(pushes.signed(), data=pushes.subscribe("x", openid="anna"))

    numbers, page = read(client), client.get("/metrics").text

    assert numbers["database_up", ""] == 1
    assert numbers["callback_verified", "main"] == 1
    assert numbers["callback_verified", "third"] == 0
    assert numbers["last_push_timestamp_seconds", "main"] >= now.timestamp()
    assert ("last_push_timestamp_seconds", "third") not in numbers
    assert numbers["access_token_works", "main"] == 1
    assert numbers["access_token_works", "second"] == 0
    assert ("access_token_works", "third") not in numbers
    assert numbers["access_token_expires_timestamp_seconds", "main"] == pytest.approx(
        ends.timestamp()
    )
    for secret in ("T" * 9, "anna", factories.APP_ID, factories.AES_KEY):
        assert secret not in page


@pytest.mark.usefixtures("account")
def test_push_that_the_spool_took_is_counted_as_such(
    app: Flask, client: FlaskClient
) -> None:
    app.extensions["intake"]._breaker.trip()

    answer = client.post(pushes.signed(), data=pushes.subscribe("x"))

    assert (answer.status_code, answer.text) == (200, "success")
    assert read(client)["pushes_total", "spooled"] == 1


@pytest.mark.usefixtures("account")
def test_push_that_broke_its_handler_is_counted_as_parked(
    client: FlaskClient, session: Session
) -> None:
    session.execute(text("UPDATE account SET time_zone = 'Nowhere/At_All'"))
    session.commit()

    client.post(pushes.signed(), data=pushes.subscribe("x"))

    assert read(client)["pushes_total", "parked"] == 1


def test_outside_work_is_told_with_its_lag(
    client: FlaskClient, session: Session, account: Account
) -> None:
    now = datetime.now(UTC)
    queue.add_tasks(
        session,
        [
            NewTask(
                account_id=account.id,
                kind="lookup",
                subject=subject,
                due_at=now - timedelta(minutes=minutes),
            )
            for subject, minutes in (("a", 10), ("b", 5), ("later", -60))
        ],
    )
    session.execute(
        update(Task).where(Task.subject == "b").values(state=TaskState.PARKED)
    )
    standing.see_worker(session, "host-1", now=now)
    session.commit()

    numbers = read(client)

    assert numbers["tasks_waiting", ""] == 1
    assert numbers["tasks_lag_seconds", ""] == pytest.approx(600, abs=60)
    assert numbers["tasks_parked", ""] == 1
    assert numbers["worker_seen_timestamp_seconds", ""] == pytest.approx(
        now.timestamp()
    )


def test_database_that_hangs_is_said_so_at_once_and_the_spool_is_told(
    away: Callable[[str], Flask], frozen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "PATIENCE_SECONDS", 1)
    app = away(frozen)
    intake, now = app.extensions["intake"], datetime.now(UTC)
    intake.spool.put([Spooled(account_id=1, body=b"<xml/>", received_at=now)])
    (app.config["SPOOL_DIR"] / "damaged-1.sqlite3").write_bytes(b"?")
    intake._breaker.trip()

    started = time.monotonic()
    numbers = read(app.test_client())
    seconds = time.monotonic() - started

    assert seconds < 3
    assert numbers["database_up", ""] == 0
    assert numbers["breaker_open", ""] == 1
    assert numbers["spool_readable", ""] == 1
    assert numbers["spool_pushes", ""] == 1
    assert numbers["spool_quarantined", ""] == 1
    oldest = numbers["spool_quarantined_oldest_timestamp_seconds", ""]
    assert oldest == pytest.approx(now.timestamp(), abs=60)
    assert numbers["spool_oldest_timestamp_seconds", ""] == pytest.approx(
        now.timestamp()
    )


def test_database_that_is_away_and_spool_that_is_broken_are_said_so(
    away: Callable[[str], Flask],
) -> None:
    app = away("postgresql://nobody@127.0.0.1:1/nothing")
    (app.config["SPOOL_DIR"] / "spool.sqlite3").touch()
    (app.config["SPOOL_DIR"] / "spool.lock").mkdir()
    client = app.test_client()
    client.post(pushes.signed(), data=pushes.subscribe("x"))

    numbers = read(client)

    assert numbers["database_up", ""] == 0
    assert numbers["spool_readable", ""] == 0
    assert ("spool_pushes", "") not in numbers
    assert numbers["pushes_total", "not_stored"] == 1
