"""One message on the wire, to receivers that do not behave."""

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.customer import Customer, dripping, listening, refusing
from wxchannels.webhooks import posting
from wxchannels.webhooks.posting import Failure, Outcome, post
from wxchannels.webhooks.signing import headers_for, new_secret

HOST = "hooks.example.com"
NAMES = {"127.0.0.1", HOST}


@pytest.fixture
def customer() -> Iterator[Customer]:
    with listening() as customer:
        customer.secret = new_secret()
        yield customer


def send(url: str, allowed: set[str] = NAMES, secret: str | None = None) -> Outcome:
    body = b'{"id":"x","type":"test"}'
    headers = headers_for([secret or new_secret()], "x", int(time.time()), body)
    return post(url, body, headers, allowed=allowed)


def test_receiver_that_takes_it(customer: Customer) -> None:
    outcome = send(customer.url, secret=customer.secret)

    assert (outcome.failure, outcome.status) == (None, 204)
    assert customer.types == ["test"]


def test_receiver_with_another_secret_refuses(customer: Customer) -> None:
    outcome = send(customer.url)

    assert (outcome.failure, outcome.status) == (Failure.STATUS, 401)
    assert outcome.answer == "no signature fits"


def test_redirect_is_not_followed(customer: Customer) -> None:
    with listening() as other:
        customer.mood = refusing(307, Location=other.url)

        outcome = send(customer.url)

        assert outcome.failure is Failure.REDIRECT
        assert other.requests == []


def test_answer_is_read_to_a_small_part_and_made_harmless(customer: Customer) -> None:
    customer.mood = refusing(500, b"<script>\r\n\x00\xff" + b"a" * 10_000_000)

    outcome = send(customer.url)

    assert outcome.answer.startswith("<script>")
    assert outcome.answer.isprintable()
    assert len(outcome.answer) <= posting.ANSWER_BYTES


def test_slow_receiver_is_given_up_in_time_whatever_it_does(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    customer.mood = dripping
    started = time.monotonic()

    outcome = send(customer.url)

    assert outcome.failure is Failure.TIMEOUT
    assert time.monotonic() - started < 0.8


def test_receiver_that_is_silent_is_given_up_in_time(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.2)
    customer.mood = lambda _handler: time.sleep(0.5)

    assert send(customer.url).failure is Failure.TIMEOUT


def test_receiver_that_hangs_up(customer: Customer) -> None:
    customer.mood = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)

    assert send(customer.url).failure is Failure.NO_ANSWER


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        assert send(f"http://127.0.0.1:{port}/").failure is Failure.UNREACHABLE


def test_private_address_is_never_connected_to(customer: Customer) -> None:
    url = f"https://127.0.0.1:{customer.port}/"

    assert send(url, allowed=set()).failure is Failure.ADDRESS
    assert customer.requests == []


def test_name_that_changes_its_mind_leads_to_what_was_looked_at(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["93.184.215.14", "127.0.0.1"])
    connected: list[str] = []

    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        place = (next(answers), customer.port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place)]

    def connect(address: tuple[str, int], _timeout: float) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    url = f"https://{HOST}:{customer.port}/"

    first, second = send(url, allowed=set()), send(url, allowed=set())

    # Looked up once each: the second time it is private, and refused before connecting.
    assert connected == ["93.184.215.14"]
    assert (first.failure, second.failure) == (Failure.UNREACHABLE, Failure.ADDRESS)
    assert customer.requests == []


def test_host_proves_its_name_though_we_connect_to_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certify(HOST, tmp_path)
    monkeypatch.setattr(posting, "where", lambda: str(certificate))
    monkeypatch.setattr(socket, "getaddrinfo", loopback)
    posting._trust.cache_clear()
    with listening(tls_of(certificate)) as customer:
        outcome = send(f"https://{HOST}:{customer.port}/in")
        other = send(f"https://other.example.com:{customer.port}/in", NAMES | OTHER)
    posting._trust.cache_clear()

    assert outcome.status == 401
    assert other.failure is Failure.CERTIFICATE
    assert [one["host"] for one in customer.requests] == [f"{HOST}:{customer.port}"]


OTHER = {"other.example.com"}


def loopback(
    _host: object, port: int, *_: object, **__: object
) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def certify(name: str, folder: Path) -> Path:
    """Return a file with a certificate for `name` that trusts itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, pkcs8, plain) + certificate.public_bytes(pem)
    )
    return path


def tls_of(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
