"""A request of WeChat's, read once and no further than the callback looks."""

from functools import cached_property
from urllib.parse import parse_qs, parse_qsl
from wsgiref.types import WSGIEnvironment

from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wsgi import get_input_stream

from wxchannels.wechat.pushes import MAX_BYTES


class Call:
    """The request that `environ` describes.

    Flask's own request reads it anew with every look: at a thousand pushes a second
    that is a good part of the work.
    """

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ

    @cached_property
    def _arguments(self) -> dict[str, list[str]]:
        arguments: dict[str, list[str]] = {}
        query = self._environ.get("QUERY_STRING", "")
        for name, value in parse_qsl(query, keep_blank_values=True):
            arguments.setdefault(name, []).append(value)
        return arguments

    def single(self, name: str) -> str:
        """Return a query argument that is there exactly once, else nothing."""
        values = self._arguments.get(name, ())
        return values[0] if len(values) == 1 else ""

    @property
    def is_sealed(self) -> bool:
        """Return whether the request says of itself that its push is sealed."""
        return self._arguments.get("encrypt_type", ["raw"])[0] == "aes"

    @property
    def echostr(self) -> bytes:
        """Return echostr as the bytes it came in, text or not."""
        query: str = self._environ.get("QUERY_STRING", "")
        values = parse_qs(query, encoding="latin-1").get("echostr", [""])
        return values[0].encode("latin-1")

    def read_body(self) -> bytes:
        """Return the body, or refuse what no push of WeChat's is."""
        encoding = self._environ.get("HTTP_CONTENT_ENCODING", "identity")
        if encoding.lower() != "identity":
            raise UnsupportedMediaType
        # gunicorn cuts a chunked body at the limit without a word, so we count.
        stream = get_input_stream(self._environ, max_content_length=MAX_BYTES + 1)
        body: bytes = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise RequestEntityTooLarge
        return body
