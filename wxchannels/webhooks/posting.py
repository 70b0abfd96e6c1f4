"""One message on the wire: five seconds, no redirect, the beginning of the answer."""

import socket
import ssl
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from http.client import HTTPConnection, HTTPException
from threading import Timer

from certifi import where

from wxchannels.webhooks import addresses
from wxchannels.webhooks.addresses import AddressRefusedError, Target, UnknownHostError

#: All of it together: connecting, sending, and being answered. Before that the host's
#: resolver finds the name, as long as it takes.
SECONDS = 5.0
#: More of an answer is not read.
ANSWER_BYTES = 255
TAKEN = range(200, 300)
REDIRECT = range(300, 400)


class Failure(StrEnum):
    """Why a message was not taken."""

    ADDRESS = "address"
    UNKNOWN_HOST = "unknown_host"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    NO_ANSWER = "no_answer"
    REDIRECT = "redirect"
    STATUS = "status"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one try."""

    failure: Failure | None
    status: int | None = None
    answer: str = ""
    took_ms: int = 0


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allowed: Collection[str]
) -> Outcome:
    """Post the body to `url` and say what came of it. Never raises for a receiver."""
    started = time.monotonic()
    try:
        target = addresses.read_url(url, allowed)
        address = addresses.find_address(target, allowed)
    except UnknownHostError:
        return Outcome(failure=Failure.UNKNOWN_HOST, took_ms=_since(started))
    except AddressRefusedError:
        return Outcome(failure=Failure.ADDRESS, took_ms=_since(started))
    return _exchange(_Line(target, address), target.path, body, headers)


class _Line(HTTPConnection):
    """A connection to the address that was looked at, under the target's name."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self.default_port = target.default_port
        self._address = address
        self._is_sealed = target.scheme == "https"

    def connect(self) -> None:
        """Connect, and have the target prove its name."""
        self.sock = socket.create_connection((self._address, self.port), SECONDS)
        if self._is_sealed:
            sealed = _trust().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = sealed
            sealed.do_handshake()

    def cut(self) -> None:
        """End the exchange, whatever it waits for."""
        if self.sock is not None:
            with suppress(OSError):
                # Below TLS, which would first say good-bye.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _exchange(
    line: _Line, path: str, body: bytes, headers: Mapping[str, str]
) -> Outcome:
    started = time.monotonic()
    # A time-out of the socket begins anew with every byte of a slow answer.
    clock = Timer(SECONDS, line.cut)
    clock.daemon = True
    clock.start()
    try:
        line.request("POST", path, body, dict(headers))
        response = line.getresponse()
        answer = response.read(ANSWER_BYTES)
    except (OSError, HTTPException) as error:
        took = _since(started)
        return Outcome(failure=_failure(error, took), took_ms=took)
    finally:
        clock.cancel()
        line.close()
    took = _since(started)
    if took >= SECONDS * 1000:
        return Outcome(failure=Failure.TIMEOUT, took_ms=took)
    return Outcome(
        failure=_refusal(response.status),
        status=response.status,
        answer=_readable(answer),
        took_ms=took,
    )


def _failure(error: Exception, took_ms: int) -> Failure:
    if isinstance(error, TimeoutError) or took_ms >= SECONDS * 1000:
        return Failure.TIMEOUT
    if isinstance(error, ssl.SSLError):
        return Failure.CERTIFICATE
    # What was connected and then broke off is no question of reaching it.
    is_cut = isinstance(error, HTTPException | ConnectionResetError)
    return Failure.NO_ANSWER if is_cut else Failure.UNREACHABLE


def _refusal(status: int) -> Failure | None:
    if status in TAKEN:
        return None
    return Failure.REDIRECT if status in REDIRECT else Failure.STATUS


def _readable(answer: bytes) -> str:
    text = answer.decode(errors="replace")
    return "".join(one if one.isprintable() else " " for one in text).strip()


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=where())
