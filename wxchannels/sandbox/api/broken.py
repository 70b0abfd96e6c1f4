"""Answers that went wrong on the way, because somebody asked for it."""

import json
import socket
import time
from collections.abc import Iterable, Sequence

from flask import Response, request

from wxchannels.sandbox.faults import Fault, FaultKind
from wxchannels.sandbox.refusals import refusal

Faults = Sequence[Fault]

BAD_GATEWAY = 502
ERROR_PAGE = "<!doctype html><title>502</title><h1>502 Bad Gateway</h1>"


def wait(faults: Iterable[Fault]) -> None:
    """Let the caller wait as long as was asked for."""
    for fault in faults:
        if fault.kind is FaultKind.LATENCY:
            time.sleep(fault.seconds)


def refuse(faults: Iterable[Fault]) -> None:
    """Refuse the call with the errcode that was asked for."""
    for fault in faults:
        if fault.kind in {FaultKind.ERRCODE, FaultKind.TEXT_ERRCODE}:
            raise refusal(fault.code)


def spoil(faults: Iterable[Fault], response: Response) -> Response:
    """Return what reaches the caller instead of `response`."""
    for fault in faults:
        match fault.kind:
            case FaultKind.TEXT_ERRCODE:
                answer = json.loads(response.get_data())
                response.set_data(
                    json.dumps({**answer, "errcode": str(answer["errcode"])})
                )
            case FaultKind.HTTP:
                status = fault.code if fault.code > 0 else BAD_GATEWAY
                return Response(ERROR_PAGE, status=status)
            case FaultKind.HTML:
                return Response(ERROR_PAGE)
            case FaultKind.TRUNCATED:
                whole = response.get_data()
                response.set_data(whole[: len(whole) // 2])
            case FaultKind.DROP:
                _hang_up()
    return response


def _hang_up() -> None:
    """Close the connection without an answer."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
