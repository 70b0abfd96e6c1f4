"""Pages give way to pushes, and say so where the database does not answer."""

import fcntl
import threading
from collections.abc import Callable, Iterable, Mapping
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client, TestResponse

from tests import pushes
from tests.applications import Applications
from tests.web.browser import sentences
from wxchannels.extensions import db
from wxchannels.intake.spooled import Spooled
from wxchannels.models import Account
from wxchannels.web.gate import Gate


class Slow:
    """Pages that are not answered until `go_on` is set."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.inside = threading.Semaphore(0)

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        self.inside.release()
        if environ["PATH_INFO"] == "/broken":
            raise LookupError
        if not environ["PATH_INFO"].startswith("/quick"):
            self.go_on.wait(20)
        start_response("200 OK", [])
        return [b"page"]


@pytest.fixture
def slow() -> Slow:
    return Slow()


def ask(gate: Gate, path: str) -> TestResponse:
    return Client(gate).get(path, buffered=True)


def occupy(gate: Gate, slow: Slow, *paths: str) -> list[threading.Thread]:
    threads = [threading.Thread(target=ask, args=(gate, path)) for path in paths]
    for thread in threads:
        thread.start()
        slow.inside.acquire(timeout=20)
    return threads


def release(slow: Slow, threads: list[threading.Thread]) -> None:
    slow.go_on.set()
    for thread in threads:
        thread.join()


def test_page_too_many_is_sent_away_and_let_in_later(slow: Slow) -> None:
    gate = Gate(slow, 2)
    threads = occupy(gate, slow, "/main/overview", "/main/channels")

    refused = ask(gate, "/quick")
    release(slow, threads)
    again = ask(gate, "/quick")

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert "No data is lost." in refused.text
    assert again.status_code == 200


def test_program_is_told_in_its_own_shape_that_there_is_no_room(slow: Slow) -> None:
    gate = Gate(slow, 1)
    threads = occupy(gate, slow, "/main/overview")

    refused = ask(gate, "/api/v1/channels")
    release(slow, threads)

    assert (refused.status_code, refused.mimetype) == (503, "application/json")
    assert refused.json
    assert (refused.json["code"], refused.json["status"]) == (
        503,
        "Service Unavailable",
    )


def test_reports_and_files_give_way_before_pages(slow: Slow) -> None:
    gate = Gate(slow, 6)
    threads = occupy(gate, slow, "/main/reports/channels.csv", "/main/reports")
    threads += occupy(gate, slow, "/api/v1/reports/channels")

    file = ask(gate, "/main/events.csv")
    report = ask(gate, "/quick/reports")
    page = ask(gate, "/quick/channels")

    release(slow, threads)
    assert (file.status_code, report.status_code) == (503, 503)
    assert page.status_code == 200


def test_machines_are_always_let_in(slow: Slow) -> None:
    gate = Gate(slow, 1)
    threads = occupy(gate, slow, "/main/overview")
    slow.go_on.set()

    for path in ("/healthz", "/readyz", "/metrics", "/static/app.css"):
        assert ask(gate, path).status_code == 200
    release(slow, threads)


def test_place_is_free_again_after_a_page_that_breaks(slow: Slow) -> None:
    gate = Gate(slow, 1)

    for _ in range(3):
        with pytest.raises(LookupError):
            ask(gate, "/broken")

    assert ask(gate, "/quick").status_code == 200


def test_place_is_held_until_the_last_byte_was_taken() -> None:
    def pages(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return iter([b"a", b"b"])

    gate = Gate(pages, 1)
    first = Client(gate).get("/file.zip", buffered=False)

    during = ask(gate, "/other")
    first.close()

    assert during.status_code == 503
    assert ask(gate, "/other").status_code == 200


@pytest.fixture
def without_sessions(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE user_session RENAME TO away"))
    app.testing = False


@pytest.mark.usefixtures("without_sessions")
def test_database_that_is_away_signs_nobody_out(client: FlaskClient) -> None:
    client.set_cookie("lang", "en")
    client.set_cookie("session", "somebody")

    answer = client.get("/sign-in")

    assert answer.status_code == 503
    assert "Something we need does not answer." in sentences(answer)
    assert "Set-Cookie" not in answer.headers


@pytest.fixture
def find_app(applications: Applications) -> Callable[[Mapping[str, str]], Flask]:
    """Return how to come by an application of one's own: it is given pages here."""
    return applications.make


def test_page_without_a_database_says_so_and_pushes_go_on(
    app: Flask, client: FlaskClient, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    del account

    def fail() -> str:
        raise OperationalError("SELECT secret", {}, Exception("database is locked"))

    app.add_url_rule("/fail", view_func=fail)
    app.add_url_rule("/api/v1/fail", view_func=fail)
    app.testing = False

    page = client.get("/fail", headers={"Accept-Language": "en"})
    api = client.get("/api/v1/fail", headers={"Accept-Language": "en"})
    push = client.post(pushes.signed(), data=pushes.text("hello"))

    assert (page.status_code, api.status_code) == (503, 503)
    assert "WeChat’s pushes are received and stored all the same." in page.text
    assert api.json
    assert api.json["code"] == 503
    assert push.status_code == 200
    assert "secret" not in caplog.text
    assert "Traceback" not in caplog.text


def test_pages_say_that_pushes_wait_on_this_host(
    app: Flask, signed_in: FlaskClient, account: Account
) -> None:
    push = Spooled(account.id, pushes.subscribe("a"), account.created_at)
    app.extensions["intake"].spool.put([push])

    page = signed_in.get(f"/{account.slug}/channels")

    assert "有 1 条推送保存在本机" in page.text


def test_page_waits_for_the_spool_once_in_a_while(
    app: Flask, signed_in: FlaskClient, account: Account
) -> None:
    intake = app.extensions["intake"]
    push = Spooled(account.id, pushes.subscribe("a"), account.created_at)
    intake.spool.put([push])
    signed_in.get(f"/{account.slug}/channels")

    with (intake.spool.folder / "spool.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        late = threading.Timer(5, lock.close)
        late.start()
        page = signed_in.get(f"/{account.slug}/channels")
        assert late.is_alive()
        late.cancel()

    assert "有 1 条推送保存在本机" in page.text


@pytest.mark.parametrize(
    "page", ["/people-data/1180591620717411303424", "/people-data/9223372036854775808"]
)
def test_number_that_fits_in_no_column_is_nobodys(
    signed_in: FlaskClient, account: Account, page: str
) -> None:
    assert signed_in.get(f"/{account.slug}{page}").status_code == 404
