"""A browser for tests: keeps cookies, fills in forms, and has no scripts."""

import html
import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import PASSWORD
from wxchannels import database

INPUT = re.compile(r"<input[^>]+>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


class Browser(FlaskClient):
    """Asks each time in a context of its own, as a server does.

    The fixtures keep the application's context open, and Flask would use it: who
    was signed in, and the database session, would last from request to request.
    """

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        """Send one request and read the answer to its end, where its place is free."""
        kwargs.setdefault("buffered", True)
        before = database.writing.get()
        try:
            with self.application.app_context():
                return super().open(*args, **kwargs)  # type: ignore[arg-type]
        finally:
            # A server's thread goes on to the next request, a test to its own reads.
            database.writing.set(before)

    def send(
        self, address: str, *, page: str = "", **fields: str | list[str]
    ) -> TestResponse:
        """Fill in the form of `page` (or of `address`) and send it to `address`."""
        found = hidden_fields(self.get(page or address))
        assert "csrf_token" in found, f"no form on {page or address}"
        return self.post(address, data={**found, **fields})

    def undo(self, page: str) -> TestResponse:
        """Press the button of the toast on `page`, or say that there is none."""
        shown = self.get(page)
        address = undo_address(shown)
        assert address, f"nothing to take back on {page}"
        return self.post(address, data=hidden_fields(shown))

    def sign_in(
        self, email: str = "ann@example.com", password: str = PASSWORD, **fields: str
    ) -> TestResponse:
        """Sign in with an address and a password."""
        return self.send("/sign-in", email=email, password=password, **fields)


def hidden_fields(response: TestResponse) -> dict[str, str]:
    """Return what the page's forms send without being asked."""
    inputs = [dict(ATTRIBUTE.findall(text)) for text in INPUT.findall(response.text)]
    return {
        field["name"]: html.unescape(field.get("value", ""))
        for field in inputs
        if field.get("type") == "hidden"
    }


def undo_address(response: TestResponse) -> str:
    """Return where the button of the page's toast posts to, "" without one."""
    found = re.search(
        r'class="toast-x"\s+method="post"\s+action="([^"]+)"', response.text
    )
    return html.unescape(found[1]) if found else ""


def sentences(response: TestResponse) -> str:
    """Return the page's text without markup, in one line."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
