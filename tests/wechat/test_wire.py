"""The client against a real socket: what stubs cannot show."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wxchannels.wechat.client import MemoryTokenStore, WeChatClient
from wxchannels.wechat.errors import WeChatUnavailableError

TOKEN_ANSWER = b'{"access_token":"SECRET-TOKEN","expires_in":7200}'


class Answers(BaseHTTPRequestHandler):
    """Gives a token, and to any other question half of an answer."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(TOKEN_ANSWER, len(TOKEN_ANSWER))

    def do_GET(self) -> None:
        self._answer(b'{"subscribe":1', 1000)

    def log_message(self, *_line: object) -> None:
        """Say nothing."""

    def _answer(self, body: bytes, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_half_an_answer_is_none_and_the_log_hides_who_was_asked_about(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serving() as base, caplog.at_level(logging.DEBUG):
        client = WeChatClient("wx1", "THE-SECRET", MemoryTokenStore(), api_base=base)

        with pytest.raises(WeChatUnavailableError):
            client.user_info("oAnna")

    assert "/cgi-bin/user/info?access_token=***&openid=***" in caplog.text
    for secret in ("SECRET-TOKEN", "THE-SECRET", "oAnna"):
        assert secret not in caplog.text


def test_other_lines_of_the_same_log_stay_as_they_are(
    caplog: pytest.LogCaptureFixture,
) -> None:
    WeChatClient("wx1", "THE-SECRET", MemoryTokenStore())

    with caplog.at_level(logging.DEBUG):
        logging.getLogger("urllib3.connectionpool").debug("%(a)s", {"a": "hello"})

    assert "hello" in caplog.text


def test_server_that_is_gone_is_unavailable(caplog: pytest.LogCaptureFixture) -> None:
    with serving() as base:
        tokens = MemoryTokenStore()
    client = WeChatClient("wx1", "THE-SECRET", tokens, api_base=base)

    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(WeChatUnavailableError, match="ConnectionError"),
    ):
        client.user_info("oAnna")

    assert "THE-SECRET" not in caplog.text
