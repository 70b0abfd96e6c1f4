"""A server that is told to stop, while a client keeps it waiting."""

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.e2e import servers

HALF = (
    b"POST /weixin/main HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n<xml"
)


@pytest.mark.parametrize("server", [servers.granian, servers.gunicorn])
def test_half_a_request_does_not_keep_a_server_from_ending(
    server: Callable[[int], Sequence[str]], tmp_path: Path
) -> None:
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    environment = servers.settings(tmp_path, url, url)

    with (
        servers.serving(server(port), url, environment, tmp_path / "log") as served,
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(HALF)
        seconds = served.stop()

    assert seconds < servers.STOP_SECONDS
