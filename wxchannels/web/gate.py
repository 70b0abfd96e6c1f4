"""How many pages may be under way at once, so that a push always finds a thread.

A database that hangs holds every page that asks it, and a server has only so many
threads. Exports give way first, then reports, then all other pages.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

#: Machines ask under these, and files on the disk wait for nobody.
FREE = frozenset({"healthz", "readyz", "metrics", "static"})
FILES = (".csv", ".xlsx", ".zip")
BUSY = (
    "现在打开的页面太多，请几秒后再试。没有数据丢失。\n"
    "Too many pages are being opened at once. Try again in a few seconds."
    " No data is lost.\n"
)
RETRY_SECONDS = 5


class Gate:
    """Lets pages in as long as there is room for them."""

    def __init__(self, pages: WSGIApplication, most: int) -> None:
        self.pages = pages
        self._all = threading.Semaphore(most)
        self._reports = threading.Semaphore(max(1, most // 2))
        self._files = threading.Semaphore(max(1, most // 6))

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request, or say that there is no room for it."""
        taken: list[threading.Semaphore] = []
        for room in self._rooms(environ.get("PATH_INFO", "")):
            if not room.acquire(blocking=False):
                _leave(taken)
                return _busy(environ)(environ, start_response)
            taken.append(room)
        try:
            body = self.pages(environ, start_response)
        except BaseException:
            _leave(taken)
            raise
        # A file is under way until its last byte was taken.
        return ClosingIterator(body, lambda: _leave(taken))

    def _rooms(self, path: str) -> Sequence[threading.Semaphore]:
        """Return where a request needs a place, the narrowest room first."""
        parts = path.split("/")
        if FREE.intersection(parts[1:2]):
            return ()
        if path.endswith(FILES):
            return (self._files, self._reports, self._all)
        return (self._reports, self._all) if "reports" in parts else (self._all,)


def _leave(rooms: list[threading.Semaphore]) -> None:
    while rooms:
        rooms.pop().release()


def _busy(environ: WSGIEnvironment) -> Response:
    # In both languages: who asks is not known yet.
    status, body, kind = HTTPStatus.SERVICE_UNAVAILABLE, BUSY, "text/plain"
    if environ.get("PATH_INFO", "").startswith("/api/"):
        problem = {"code": status, "status": status.phrase, "message": BUSY.strip()}
        body, kind = json.dumps(problem, ensure_ascii=False), "application/json"
    return Response(
        body,
        status=status,
        headers={"Retry-After": str(RETRY_SECONDS)},
        content_type=f"{kind}; charset=utf-8",
    )
