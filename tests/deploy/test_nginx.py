"""nginx in front, as shipped: TLS, real addresses, limits, and 200 slow clients."""

import http.client
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import pushes
from tests.deploy import nginx
from tests.deploy.nginx import NAME, Proxy
from tests.e2e import servers
from tests.e2e.test_servers import add_account

pytestmark = pytest.mark.skipif(
    nginx.PATH is None, reason="nginx (Debian's nginx-light) is not installed"
)
SLOW_CLIENTS = 200
#: More at one moment than an app host lets in, and more than may wait in nginx.
BURST, FLOOD = 50, 400
#: What nginx hands on a second.
RATE = 50
URL = f"https://{NAME}"


@pytest.fixture(name="environment", scope="module")
def settings_behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("product")
    environment = {
        **servers.settings(folder, URL, "http://127.0.0.1:9"),
        "WXCHANNELS_PROXIES": "1",
        "WXCHANNELS_TRUSTED_HOSTS": f"{NAME},127.0.0.1",
        # A busy machine may be slower than what nginx hands on.
        "WXCHANNELS_PAGES_AT_ONCE": "1000",
    }
    servers.run_flask(environment, "db", "upgrade")
    add_account(environment)
    return environment


@pytest.fixture(name="proxy", scope="module")
def nginx_in_front(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A dead app host and one that lives, with few threads, behind nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    dead, port = servers.free_port(), servers.free_port()
    url, log = f"http://127.0.0.1:{port}", folder / "product.log"
    with (
        servers.serving(servers.granian(port), url, environment, log),
        nginx.in_front_of([dead, port], folder) as proxy,
    ):
        yield proxy


def ask(
    proxy: Proxy,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, str, http.client.HTTPMessage]:
    """Ask over TLS as a browser does: it checks the certificate and the name."""
    return ask_on(connect(proxy), method, path, body, headers)


def connect(proxy: Proxy) -> http.client.HTTPSConnection:
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    connection = http.client.HTTPSConnection(
        "127.0.0.1", proxy.tls_port, context=context, timeout=30
    )
    connection.sock = context.wrap_socket(
        socket.create_connection(("127.0.0.1", proxy.tls_port)), server_hostname=NAME
    )
    return connection


def ask_on(
    connection: http.client.HTTPSConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, str, http.client.HTTPMessage]:
    all_headers = {"Host": NAME, **(headers or {})}
    connection.request(method, path, body=body, headers=all_headers)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, text, answer.headers


def push(proxy: Proxy, body: bytes) -> tuple[int, str, float]:
    """Send a push in plain HTTP, as an account may be set up; say how long it took."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    started = time.monotonic()
    connection.request("POST", pushes.signed(), body=body, headers={"Host": NAME})
    answer = connection.getresponse()
    text = answer.read().decode()
    seconds = time.monotonic() - started
    connection.close()
    return answer.status, text, seconds


def test_pages_come_over_tls_with_every_guard(proxy: Proxy) -> None:
    status, page, headers = ask(proxy, "GET", "/sign-in")

    assert (status, 'name="password"' in page) == (200, True)
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    cookie = headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))


def test_people_are_led_to_https_and_wechat_never_is(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    connection.request("GET", "/channels", headers={"Host": NAME})
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.status == 301
    assert answer.headers["Location"] == f"{URL}/channels"
    assert push(proxy, pushes.text("hello"))[:2] == (200, "success")
    assert ask(proxy, "POST", pushes.signed(), pushes.text("hi"))[:2] == (
        200,
        "success",
    )


def test_host_that_is_dead_costs_no_push(proxy: Proxy) -> None:
    answers = [push(proxy, pushes.text("x", message_id=n)) for n in range(6)]

    assert {answer[:2] for answer in answers} == {(200, "success")}


def test_address_of_the_client_is_the_real_one(
    proxy: Proxy, environment: dict[str, str]
) -> None:
    forged = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.example.com"}
    cookie, token = _open_form(proxy)
    form = f"email=a%40b.example&password=wrong&csrf_token={token}".encode()
    status, _, _ = ask(
        proxy,
        "POST",
        "/sign-in",
        form,
        {
            **forged,
            "Cookie": cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"{URL}/sign-in",
        },
    )

    assert status == 422
    addresses = servers.run_sql(environment, "SELECT details FROM audit_entry")
    assert addresses == [('{"address": "127.0.0.1"}',)]


def test_what_is_for_the_hosts_and_too_large_bodies_do_not_pass(proxy: Proxy) -> None:
    for path in ("/metrics", "/metrics/", "/readyz", "/readyz/", "//readyz"):
        assert ask(proxy, "GET", path)[0] == 404, path
    assert ask(proxy, "GET", "/healthz")[0] == 200
    assert push(proxy, b"x" * (64 * 1024 + 1))[0] == 413
    assert ask(proxy, "POST", "/sign-in", b"x" * (2 * 1024 * 1024 + 1))[0] == 413


def test_log_holds_neither_openids_nor_signatures(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    path = pushes.signed(openid="oAbCdEf")
    connection.request("POST", path, body=pushes.text("y"), headers={"Host": NAME})
    assert connection.getresponse().read() == b"success"
    connection.close()

    # nginx writes the line after it answered.
    deadline = time.monotonic() + 10
    while "POST /weixin/main 200" not in proxy.log:
        assert time.monotonic() < deadline, proxy.log
        time.sleep(0.05)
    assert "oAbCdEf" not in proxy.log
    assert "signature" not in proxy.log


def test_two_hundred_slow_clients_do_not_stop_the_callback(proxy: Proxy) -> None:
    head = f"POST {pushes.signed()} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 500\r\n"
    with ExitStack() as clients:
        for number in range(SLOW_CLIENTS):
            client = socket.create_connection(("127.0.0.1", proxy.port))
            clients.enter_context(client)
            # Half of them stop in the middle of the head, half in the body.
            client.sendall(head.encode() + (b"\r\n<xml>" if number % 2 else b"X-A: "))

        answers = [push(proxy, pushes.subscribe(openid=f"o{n}")) for n in range(10)]

    assert {answer[:2] for answer in answers} == {(200, "success")}
    assert max(answer[2] for answer in answers) < 3


Answer = tuple[int, str, http.client.HTTPMessage]


def ask_at_once(proxy: Proxy, number: int) -> list[Answer]:
    """Ask the API `number` times at one moment, each on its own connection."""

    def ask_api(_: int) -> Answer:
        connection = connect(proxy)
        together.wait(timeout=60)
        return ask_on(connection, "GET", "/api/v1/qrcodes/1/image.png")

    together = threading.Barrier(number)
    with ThreadPoolExecutor(number) as programs:
        return list(programs.map(ask_api, range(number)))


def test_burst_of_programs_is_handed_on_evenly(proxy: Proxy) -> None:
    started = time.monotonic()

    answers = ask_at_once(proxy, BURST)

    # Without a key, which is what the product itself says.
    assert [status for status, _, _ in answers] == [401] * BURST
    assert time.monotonic() - started > (BURST - 1) / RATE


def test_flood_is_told_when_to_come_again(proxy: Proxy) -> None:
    answers = ask_at_once(proxy, FLOOD)

    assert {status for status, _, _ in answers} == {401, 429}
    for status, text, headers in answers:
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
        if status == 429:
            assert json.loads(text)["code"] == 429
            assert headers["Content-Type"] == "application/json"
            assert headers["Retry-After"] == "2"
    # It would write down the whole address of each.
    assert "limiting" not in (proxy.folder / "error.log").read_text(encoding="utf-8")


def _open_form(proxy: Proxy) -> tuple[str, str]:
    """Return the cookie and the token of the sign-in form."""
    _, page, headers = ask(proxy, "GET", "/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    return headers["Set-Cookie"].split(";")[0], token[1]


def test_site_is_told_as_it_is_shipped() -> None:
    guide = Path(servers.ROOT, "docs", "deploy.md").read_text(encoding="utf-8")

    for file in nginx.DEPLOY.iterdir():
        assert f"deploy/{file.name}" in guide
